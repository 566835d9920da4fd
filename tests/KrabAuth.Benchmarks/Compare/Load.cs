using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace KrabAuth.Benchmarks.Compare;

/// <summary>
/// A process of a race: adds one to a counter again and again, under a lock each time.
/// <c>load krabauth &lt;state directory&gt; &lt;count&gt;</c> does it in a store, as everything in KrabAuth does;
/// <c>load msal &lt;assembly&gt; &lt;file&gt; &lt;count&gt;</c> in a file under CrossPlatLock, with a temporary file that is renamed.
/// </summary>
internal static class Load
{
    /// <summary>The profile whose failures are the counter.</summary>
    public const string Counter = "openai:counter";

    public static int Run(string[] arguments)
    {
        Func<Action, bool> update = arguments[0] switch
        {
            "krabauth" => InStore(arguments[1]),
            "msal" => UnderCrossPlatLock(arguments[1], arguments[2]),
            _ => throw new ArgumentException($"There is no load {arguments[0]}."),
        };
        Console.WriteLine("ready");
        Console.ReadLine();
        int done = 0;
        double longest = 0;
        for (int i = int.Parse(arguments[^1]); i > 0; i--)
        {
            long asked = Stopwatch.GetTimestamp();
            if (update(() => longest = Math.Max(longest, Stopwatch.GetElapsedTime(asked).TotalMilliseconds))) done++;
        }
        Command.Write(new Lap(done, longest));
        return 0;
    }

    private static Func<Action, bool> InStore(string stateDirectory)
    {
        AuthAgent agent = new AuthWorkspace(new WorkspaceOptions { StateDirectory = stateDirectory }).OpenAgent();
        return hasLock => agent.UpdateAsync(
            (_, editor) =>
            {
                hasLock();
                editor.ChangeUsage(Counter, usage => usage["errorCount"] = (usage["errorCount"]?.GetValue<int>() ?? 0) + 1);
                return true;
            },
            CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>The assembly is that which PowerShell brings: no reference of ours.</summary>
    private static Func<Action, bool> UnderCrossPlatLock(string assembly, string file)
    {
        ConstructorInfo open = Assembly.LoadFrom(assembly).GetType("Microsoft.Identity.Client.Extensions.Msal.CrossPlatLock", throwOnError: true)!.GetConstructors().Single(constructor => constructor.GetParameters().Length == 3);
        object?[] settings = [file + ".lockfile", Type.Missing, Type.Missing];
        return hasLock =>
        {
            using var held = (IDisposable)open.Invoke(BindingFlags.OptionalParamBinding, null, settings, null);
            hasLock();
            JsonNode content = JsonNode.Parse(File.ReadAllBytes(file))!;
            content["count"] = content["count"]!.GetValue<int>() + 1;
            string temporary = $"{file}.{Environment.ProcessId}";
            File.WriteAllText(temporary, content.ToJsonString());
            File.Move(temporary, file, overwrite: true);
            return true;
        };
    }
}
