using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Security;
using KrabAuth.Diagnostics;
using KrabAuth.Parameters;
using KrabAuth.Profiles;
using KrabAuth.Secrets;

namespace KrabAuth.Plugins;

/// <summary>Sign-ins that the user wrote in PowerShell. They live as long as the session.</summary>
internal static class ScriptSignIns
{
    /// <summary>A script block belongs to the session that made it: in another one of the same process it cannot run.</summary>
    private static readonly ConditionalWeakTable<Runspace, ConcurrentDictionary<string, ScriptBlock>> Sessions = [];

    private static ConcurrentDictionary<string, ScriptBlock> Blocks => Sessions.GetValue(Runspace.DefaultRunspace, _ => new ConcurrentDictionary<string, ScriptBlock>(StringComparer.Ordinal));

    /// <summary>Remembers a script block for a provider.</summary>
    public static void Register(string provider, ScriptBlock block, bool replace)
    {
        if (replace) Blocks[provider] = block;
        else if (!Blocks.TryAdd(provider, block)) throw AuthErrors.ProviderExists(provider, "this session");
    }

    /// <summary>Forgets it; false if there was none.</summary>
    public static bool Unregister(string provider) => Blocks.TryRemove(provider, out _);

    /// <summary>The script block of a provider.</summary>
    public static ScriptBlock? Find(string provider) => Blocks.GetValueOrDefault(provider);

    /// <summary>Lets a script block sign in.</summary>
    public static OAuthCredential Run(string provider, ScriptBlock block)
    {
        try
        {
            return ToCredential(provider, block.Invoke(provider));
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            throw AuthErrors.PluginFailed(provider, Redactor.Redact(e.Message));
        }
    }

    /// <summary>Makes a credential of what a script block gave.</summary>
    public static OAuthCredential ToCredential(string provider, IReadOnlyCollection<PSObject?> output)
    {
        PSObject last = output.LastOrDefault(item => item is not null) ?? throw AuthErrors.PluginFailed(provider, "the script block gave nothing");
        object answer = last.BaseObject;
        if (answer is string or SecureString) return new OAuthCredential(provider, Text(answer), null) { Expires = UsageStats.DisabledForGood };
        Func<string, object?> member = answer is IDictionary table
            ? name => table[name]
            : name => last.Properties[name]?.Value;
        return new OAuthCredential(provider, Text(member("Access")) ?? throw AuthErrors.PluginFailed(provider, "the script block gave no Access"), Text(member("Refresh")))
        {
            Expires = Expiry(provider, member("Expires")),
            Email = member("Email")?.ToString(),
            AccountId = member("AccountId")?.ToString(),
        };
    }

    private static Secret? Text(object? value) => value switch
    {
        null => null,
        PSObject wrapped => Text(wrapped.BaseObject),
        SecureString secret => Secret.Of(SecureText.Reveal(secret)),
        _ => Secret.Of(value.ToString()),
    };

    private static long Expiry(string provider, object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => UsageStats.DisabledForGood,
        DateTimeOffset moment => moment.ToUnixTimeMilliseconds(),
        DateTime moment => new DateTimeOffset(moment).ToUnixTimeMilliseconds(),
        TimeSpan life => (DateTimeOffset.UtcNow + life).ToUnixTimeMilliseconds(),
        string text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset moment)
            ? moment.ToUnixTimeMilliseconds()
            : throw AuthErrors.PluginFailed(provider, "Expires is no time"),
        IConvertible number => number.ToInt64(CultureInfo.InvariantCulture),
        _ => throw AuthErrors.PluginFailed(provider, "Expires is no time"),
    };
}
