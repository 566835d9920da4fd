using System.Runtime.CompilerServices;
using System.Text;

namespace KrabAuth.Diagnostics;

/// <summary>The next step that mends an error, in the words of each front end.</summary>
/// <param name="PowerShell">A line for a PowerShell prompt.</param>
/// <param name="CommandLine">A line for a shell.</param>
public sealed record Remedy(string PowerShell, string CommandLine)
{
    /// <summary>Both lines with values in them, each of which becomes one word.</summary>
    internal Remedy(PowerShellLine powerShell, ShellLine commandLine)
        : this(powerShell.ToString(), commandLine.ToString())
    {
    }

    /// <summary>The same, where the line for a shell has no values.</summary>
    internal Remedy(PowerShellLine powerShell, string commandLine)
        : this(powerShell.ToString(), commandLine)
    {
    }

    /// <summary>A step that reads the same in both.</summary>
    public static Remedy Same(string text) => new(text, text);
}

/// <summary>A line for PowerShell: what stands between braces in an interpolated string becomes a word of it, several values a list.</summary>
/// <param name="literals">How long the text around the values is.</param>
/// <param name="values">How many values there are.</param>
[InterpolatedStringHandler]
internal readonly ref struct PowerShellLine(int literals, int values)
{
    private readonly StringBuilder _line = new(literals + (values * 16));

    public void AppendLiteral(string text) => _line.Append(text);

    public void AppendFormatted(string value) => _line.Append(CommandWord.PowerShell(value));

    public void AppendFormatted(IEnumerable<string> list) => _line.AppendJoin(',', list.Select(CommandWord.PowerShell));

    public override string ToString() => _line.ToString();
}

/// <summary>The same for a POSIX shell, where several values are several words.</summary>
/// <param name="literals">How long the text around the values is.</param>
/// <param name="values">How many values there are.</param>
[InterpolatedStringHandler]
internal readonly ref struct ShellLine(int literals, int values)
{
    private readonly StringBuilder _line = new(literals + (values * 16));

    public void AppendLiteral(string text) => _line.Append(text);

    public void AppendFormatted(string value) => _line.Append(CommandWord.Shell(value));

    public void AppendFormatted(IEnumerable<string> list) => _line.AppendJoin(' ', list.Select(CommandWord.Shell));

    public override string ToString() => _line.ToString();
}
