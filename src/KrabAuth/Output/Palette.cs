using System.Management.Automation;
using System.Reflection;

namespace KrabAuth.Output;

/// <summary>What a colour in a view says.</summary>
internal enum Tone
{
    /// <summary>Nothing in particular.</summary>
    Plain,

    /// <summary>Usable.</summary>
    Good,

    /// <summary>Usable, but not for long.</summary>
    Soon,

    /// <summary>Not usable until somebody does something.</summary>
    Bad,

    /// <summary>Not usable for a while.</summary>
    Waiting,

    /// <summary>Left alone on purpose.</summary>
    Quiet,
}

/// <summary>
/// Colours from the session's <c>$PSStyle</c>: yellow and red are those of its warnings and errors, so that whoever changed them sees
/// their own. There are none where <c>$PSStyle.OutputRendering</c> or <c>NO_COLOR</c> forbids them, and none where the output of the
/// process goes to a file or a program, which PowerShell would send them to.
/// </summary>
internal static class Palette
{
    /// <summary>The class is no part of the standard library that the module is compiled against.</summary>
    private static readonly object? Style = typeof(PSObject).Assembly.GetType("System.Management.Automation.PSStyle")?.GetProperty("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null);

    private static readonly object? Formatting = Member(Style, nameof(Formatting));

    private static readonly object? Foreground = Member(Style, nameof(Foreground));

    public static string Paint(Tone tone, string text)
    {
        string? code = text.Length == 0 || !IsWanted ? null : tone switch
        {
            Tone.Good => Member(Foreground, "Green") as string,
            Tone.Soon => Member(Formatting, "Warning") as string,
            Tone.Bad => Member(Formatting, "Error") as string,
            Tone.Waiting => Member(Foreground, "Cyan") as string,
            Tone.Quiet => Member(Style, "Dim") as string,
            _ => null,
        };
        return string.IsNullOrEmpty(code) ? text : $"{code}{text}{Member(Style, "Reset")}";
    }

    private static bool IsWanted => $"{Member(Style, "OutputRendering")}" switch
    {
        "Ansi" => true,
        "Host" => !Console.IsOutputRedirected,
        _ => false,
    };

    /// <summary>Asked each time: the user can change the style at any moment.</summary>
    private static object? Member(object? owner, string name) => owner?.GetType().GetProperty(name)?.GetValue(owner);
}
