using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

public sealed class StorageVectors
{
    [Theory]
    [Vectors("storage.json", "mask-api-key")]
    public void Mask(Vector vector)
    {
        string mask = SecretMask.Apply(vector.Text("key"));
        vector.Answer(mask);
        Assert.True(Shown(mask) <= Shown(vector.Expected!.GetValue<string>()), "the mask shows more than the peers' does");
    }

    [Theory]
    [Vectors("storage.json", "normalize-secret")]
    public void Secret_as_pasted(Vector vector)
        => vector.Answer(SecretText.Normalize(vector.Given["input"] is JsonValue value && value.TryGetValue(out string? text) ? text : null));

    [Theory]
    [Vectors("storage.json", "home-dir")]
    public void Home_directory(Vector vector)
        => vector.Answer(HomeDirectory.Find(HostOf(vector), ProductLayout.Of(Product.OpenClaw)));

    [Theory]
    [Vectors("storage.json", "home-expand")]
    public void Tilde(Vector vector)
    {
        string home = HomeDirectory.Find(HostOf(vector), ProductLayout.Of(Product.OpenClaw))!;
        vector.Answer(HomeDirectory.Expand(vector.Text("input")!, home));
    }

    [Theory]
    [Vectors("storage.json", "state-dir")]
    public void State_directory(Vector vector)
    {
        using var state = new TempState();
        foreach (JsonNode? name in vector.Given["existingDirsInHome"]!.AsArray()) Directory.CreateDirectory(Path.Combine(state.Home, name!.GetValue<string>()));
        foreach ((string name, JsonNode? value) in vector.Given["env"]!.AsObject()) state.Host.Set(name, value!.GetValue<string>());
        string found = StateDirectory.Find(Product.OpenClaw, null, state.Host).Root;
        vector.Answer(found.Replace(state.Home, "<HOME>", StringComparison.Ordinal).Replace('\\', '/'));
    }

    [Theory]
    [Vectors("storage.json", "store-coerce")]
    public void Store_with_flaws(Vector vector)
    {
        try
        {
            vector.Answer(StoreJson.Write(StoreJson.Read(vector.Given["raw"])));
        }
        catch (KrabAuthException e)
        {
            vector.Answer($"!{e.ErrorId}");
        }
    }

    [Theory]
    [Vectors("storage.json", "store-load")]
    public void Store_of_an_agent(Vector vector)
    {
        using var state = new TempState();
        WriteFiles(state, vector);
        string agent = vector.Text("agentId")!;
        Directory.CreateDirectory(state.InAgent(string.Empty, agent));
        var answer = new JsonObject();
        try
        {
            answer["effectiveStore"] = StoreJson.Write(state.Agent(agent).Read());
        }
        catch (KrabAuthException e)
        {
            answer["error"] = e.ErrorId;
        }
        answer["filesAfter"] = FilesAfter(state, string.Empty);
        vector.Answer(answer);
    }

    // One file or two is no choice that a caller makes: the format follows the directory, and a new store is one file.
    [Theory]
    [Vectors("storage.json", "store-save", Elsewhere = ["secrets and routing state go to two files"])]
    public async Task Store_as_saved(Vector vector)
    {
        using var state = new TempState();
        AuthStore store = StoreJson.Read(vector.Given["store"]);
        await state.Agent().UpdateAsync(
            (_, editor) =>
            {
                foreach (StoredProfile profile in store.Profiles) editor.Put(profile.Id, profile.Credential);
                return true;
            },
            TestContext.Current.CancellationToken);
        vector.Answer(FilesAfter(state, "agents/"));
    }

    // What worked last is written by whoever uses a profile: there is no such operation in Core yet.
    [Theory]
    [Vectors("storage.json", "profile-ops", Elsewhere = ["clear lastGood only if it matches", "clear lastGood when it matches"])]
    public async Task Operation_on_profiles(Vector vector)
    {
        using var state = new TempState();
        WriteFiles(state, vector);
        string provider = vector.Given["call"]!["removeProviderAuthProfilesWithLock"]!["provider"]!.GetValue<string>();
        AuthAgent agent = state.Agent();
        foreach (AuthProfile profile in agent.Profiles.List().Where(profile => profile.Provider == provider))
        {
            await agent.Profiles.RemoveAsync(profile.ProfileId, TestContext.Current.CancellationToken);
        }
        vector.Answer(new JsonObject { ["filesAfter"] = FilesAfter(state, "agents/") });
    }

    [Theory]
    [Vectors("storage.json", "file-lock")]
    public async Task Lock_file(Vector vector)
    {
        using var state = new TempState();
        Directory.CreateDirectory(Path.GetDirectoryName(state.StorePath)!);
        var options = new LockOptions { Timeout = TimeSpan.Zero };
        if (vector.Given["acquireTwice"] is not null)
        {
            using StoreLock outer = await Acquire(state, options);
            KrabAuthException refusal = await Assert.ThrowsAsync<KrabAuthException>(() => Acquire(state, options));
            vector.Answer(new JsonObject { ["secondAcquire"] = refusal.ErrorId });
            return;
        }
        string content = vector.Given["lockFile"] is JsonObject owner ? owner.ToJsonString() : vector.Text("lockFile")!;
        File.WriteAllText(state.LockPath, content
            .Replace("\"\\u003C1 h ago\\u003E\"", $"\"{DateTime.UtcNow.AddHours(-1):O}\"", StringComparison.Ordinal)
            .Replace("\"\\u003Cown pid\\u003E\"", $"{Environment.ProcessId}", StringComparison.Ordinal));
        try
        {
            JsonArray keys;
            using (await Acquire(state, options))
            {
                // The start time is there on Linux alone.
                keys = new JsonArray([.. JsonNode.Parse(File.ReadAllText(state.LockPath))!.AsObject().Select(member => member.Key).Where(key => key != "starttime").Select(key => (JsonNode?)key)]);
            }
            vector.Answer(new JsonObject { ["acquired"] = true, ["lockContentKeys"] = keys, ["lockFileAfterRelease"] = Path.Exists(state.LockPath) });
        }
        catch (KrabAuthException e) when (e.ErrorId == "StoreLocked")
        {
            vector.Answer(new JsonObject { ["acquired"] = false, ["code"] = "file_lock_timeout" });
        }
    }

    private static Task<StoreLock> Acquire(TempState state, LockOptions options)
        => StoreLock.AcquireAsync(state.StorePath, PeerLockForm.File, options, state.Log, TestContext.Current.CancellationToken);

    private static int Shown(string mask) => mask == "missing" ? 0 : mask.Count(c => c is not ('.' or '*'));

    private static FakeHost HostOf(Vector vector)
    {
        var host = new FakeHost { UserHomeDirectory = vector.Text("osHomedir"), CurrentDirectory = Path.GetPathRoot(Path.GetTempPath())! };
        foreach ((string name, JsonNode? value) in vector.Given["env"]!.AsObject()) host.Set(name, value!.GetValue<string>());
        return host;
    }

    private static void WriteFiles(TempState state, Vector vector)
    {
        foreach ((string path, JsonNode? content) in vector.Given["files"]!.AsObject())
        {
            string file = state.Write(path, content is JsonValue text ? text.GetValue<string>() : content!.ToJsonString());
            // As the program that was measured found them.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    private static JsonObject FilesAfter(TempState state, string root)
    {
        var files = new JsonObject();
        foreach (string path in state.Files())
        {
            string text = File.ReadAllText(state.InState(path));
            JsonNode? content = text.StartsWith("{not", StringComparison.Ordinal) ? text : JsonNode.Parse(text);
            string mode = OperatingSystem.IsWindows() ? "0600" : "0" + Convert.ToString((int)File.GetUnixFileMode(state.InState(path)), 8);
            files[path[root.Length..]] = new JsonObject { ["mode"] = mode, ["content"] = content };
        }
        return files;
    }
}
