namespace KrabAuth.Diagnostics;

/// <summary>
/// Values as words of a command that a person is told to type. What a store holds was written by anybody: pasted into a shell, each value
/// has to be one word and nothing else, whatever stands in it.
/// </summary>
public static class CommandWord
{
    /// <summary>A word for PowerShell: as it is where that is plain, else between quotes.</summary>
    public static string PowerShell(string value) => IsPlain(value, "._-") ? value : Quoted(value);

    /// <summary>A word for PowerShell between quotes. It takes four more characters for the single quote than ASCII has.</summary>
    public static string Quoted(string value)
        => $"'{string.Concat(value.Select(c => c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B' ? new string(c, 2) : c.ToString()))}'";

    /// <summary>A word for a POSIX shell: as it is where that is plain, else between quotes.</summary>
    public static string Shell(string value) => IsPlain(value, "._-:@/+=%") ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(string value, string marks) => value.Length > 0 && value[0] != '-' && value.All(c => char.IsLetterOrDigit(c) || marks.Contains(c, StringComparison.Ordinal));
}
