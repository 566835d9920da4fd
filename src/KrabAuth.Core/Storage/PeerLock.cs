using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KrabAuth.Storage;

/// <summary>
/// The two forms of a lock. A program that meets the other form than its own waits badly or not at all, and loses its
/// write; so the form follows the store's format, as everything else does.
/// </summary>
internal enum PeerLockForm
{
    /// <summary>A directory whose modification time its holder renews: npm's proper-lockfile, the programs of the one-file format.</summary>
    Directory,

    /// <summary>A JSON file that names its process: the programs of the two-file format.</summary>
    File,
}

/// <summary>What stands at <c>&lt;store&gt;.lock</c>.</summary>
internal sealed record PeerLock(PeerLockForm Form, DateTime ModifiedUtc, string? Content)
{
    /// <summary>Makes a lock, unless there is one, of whatever form.</summary>
    /// <param name="path">Where it is to stand.</param>
    /// <param name="form">Its form.</param>
    /// <param name="nowUtc">The time that a file names.</param>
    /// <param name="scratch">A directory of ours beside it, in which a file is made whole before it is put there.</param>
    public static bool TryCreate(string path, PeerLockForm form, DateTime nowUtc, string scratch)
    {
        if (form == PeerLockForm.Directory) return NativeFile.TryCreateDirectoryExclusively(path);
        if (Path.Exists(path)) return false;
        // A lock without content would be kept for ever by some peers: it is there whole or not at all.
        string temporary = Path.Combine(scratch, $"{Environment.ProcessId}{AtomicFile.TemporarySuffix}");
        // One that was killed with this number may have left its own.
        File.Delete(temporary);
        try
        {
            WriteOwner(temporary, nowUtc);
            return NativeFile.TryMoveExclusively(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void WriteOwner(string path, DateTime nowUtc)
    {
        using FileStream file = PrivateDirectory.CreateFile(path);
        using var writer = new Utf8JsonWriter(file);
        writer.WriteStartObject();
        writer.WriteNumber("pid", Environment.ProcessId);
        writer.WriteString("createdAt", nowUtc);
        if (OperatingSystem.IsLinux() && ReadStat(Environment.ProcessId) is { } stat) writer.WriteNumber("starttime", stat.StartTime);
        writer.WriteEndObject();
        writer.Flush();
        file.Write("\n"u8);
    }

    /// <summary>Looks at the lock; <see langword="null"/> if there is none now. A link there is refused, and a pipe, which a read would wait for.</summary>
    public static PeerLock? Find(string path)
    {
        try
        {
            FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            if (entry.LinkTarget is not null) throw Diagnostics.AuthErrors.UnsafeLink(path);
            if (!entry.Exists) return null;
            if (entry is DirectoryInfo) return new PeerLock(PeerLockForm.Directory, entry.LastWriteTimeUtc, null);
            return !NativeFile.IsRegularFile(path)
                ? throw Diagnostics.AuthErrors.UnsafeDevice(path)
                : new PeerLock(PeerLockForm.File, entry.LastWriteTimeUtc, File.ReadAllText(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether its holder is gone. A directory, or a file that says nothing usable, is judged by its age; a file that names
    /// a process by that process alone: while it lives, no age makes the lock stale.
    /// </summary>
    public bool IsAbandoned(DateTimeOffset now, TimeSpan stale)
    {
        bool old = now.UtcDateTime - ModifiedUtc > stale;
        if (Form == PeerLockForm.Directory) return old;
        if (ParseContent() is not { } owner) return old;
        if (owner.ProcessId is { } pid) return !IsRunning(pid, owner.StartTime);
        return owner.CreatedAt is not { } text
            ? old
            : !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset created)
                || now - created > stale;
    }

    /// <summary>Who holds it, as far as it tells.</summary>
    public string Describe()
    {
        string since = ModifiedUtc.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return ParseContent()?.ProcessId is { } pid ? $"process {pid}, since {since}" : $"another program, last sign of life {since}";
    }

    /// <summary>Takes away the lock that was looked at; one that changed meanwhile stays.</summary>
    public void Remove(string path)
    {
        if (Find(path) != this) return;
        try
        {
            if (Form == PeerLockForm.Directory) Directory.Delete(path);
            else File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Its holder, or another waiter, was faster.
        }
    }

    private (int? ProcessId, long? StartTime, string? CreatedAt)? ParseContent()
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Content ?? string.Empty);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            return (
                root.TryGetProperty("pid", out JsonElement pid) && pid.TryGetInt32(out int id) ? id : null,
                root.TryGetProperty("starttime", out JsonElement start) && start.TryGetInt64(out long ticks) ? ticks : null,
                root.TryGetProperty("createdAt", out JsonElement created) && created.ValueKind == JsonValueKind.String ? created.GetString() : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsRunning(int pid, long? startTime)
    {
        if (OperatingSystem.IsLinux())
        {
            return ReadStat(pid) is { IsZombie: false } stat && (startTime is null || stat.StartTime == startTime);
        }
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            // A process that may not be looked at lives.
            return true;
        }
    }

    private static (bool IsZombie, long StartTime)? ReadStat(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            // "pid (name) state …": the name may hold anything, so count from its closing parenthesis. Field 22 is the start.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0] == "Z", long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
