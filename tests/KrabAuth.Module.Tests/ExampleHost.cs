using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;

namespace KrabAuth.Examples;

/// <summary>A console of a given width that writes down what it shows and answers what it is asked: yes, and an invented secret.</summary>
public sealed class ExampleHost(int width, bool hasColors) : PSHost
{
    private readonly ExampleUI _ui = new(width, hasColors);

    public IReadOnlyList<string> Errors => _ui.Errors;

    /// <summary>What the console showed: lines without trailing blanks.</summary>
    public string Text
    {
        get
        {
            // Newer libraries put a narrow blank before AM and PM.
            string plain = Regex.Replace(_ui.Text.ToString(), hasColors ? @"\r" : @"\x1B\[[0-9;]*m|\r", string.Empty).Replace('\u202F', ' ');
            IEnumerable<string> lines = plain.Split('\n').Select(line => line.TrimEnd());
            return string.Join('\n', lines);
        }
    }

    public void Clear() => _ui.Text.Clear();

    public override string Name => "KrabAuthExampleHost";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.GetCultureInfo("en-US");

    public override PSHostUserInterface UI => _ui;

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }
}

internal sealed class ExampleUI(int width, bool hasColors) : PSHostUserInterface
{
    public override bool SupportsVirtualTerminal => hasColors;

    public StringBuilder Text { get; } = new();

    public List<string> Errors { get; } = [];

    public override PSHostRawUserInterface RawUI { get; } = new ExampleRawUI(width);

    public override void Write(string value) => Text.Append(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Text.Append(value);

    public override void WriteLine(string value) => Text.Append(value).Append('\n');

    public override void WriteErrorLine(string value)
    {
        Errors.Add(value);
        WriteLine(value);
    }

    public override void WriteDebugLine(string message) => WriteLine($"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => WriteLine($"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => WriteLine($"WARNING: {message}");

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        if (!string.IsNullOrEmpty(caption)) WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) WriteLine(message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            if (field.ParameterTypeName == nameof(String))
            {
                WriteLine($"{field.Name}: groq");
                answers[field.Name] = PSObject.AsPSObject("groq");
                continue;
            }
            string answer = field.Name.Replace("-", string.Empty, StringComparison.Ordinal).Contains("SetupToken", StringComparison.OrdinalIgnoreCase) ? "sk-ant-oat01-" + new string('E', 80) : "EXAMPLE-key-from-the-prompt-1234";
            WriteLine($"{field.Name}: {new string('*', 12)}");
            answers[field.Name] = PSObject.AsPSObject(Protect(answer));
        }
        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteLine(string.Empty);
        WriteLine(caption);
        WriteLine(message);
        IEnumerable<string> labels = choices.Select(choice => $"[{choice.Label[choice.Label.IndexOf('&') + 1]}] {choice.Label.Replace("&", string.Empty, StringComparison.Ordinal)}");
        WriteLine($"{string.Join("  ", labels)}  [?] Help (default is \"{choices[defaultChoice].Label[choices[defaultChoice].Label.IndexOf('&') + 1]}\"): y");
        return 0;
    }

    public override string ReadLine() => string.Empty;

    public override SecureString ReadLineAsSecureString() => Protect("EXAMPLE-key-from-the-prompt-1234");

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();

    private static SecureString Protect(string text)
    {
        var secret = new SecureString();
        foreach (char c in text) secret.AppendChar(c);
        return secret;
    }
}

internal sealed class ExampleRawUI(int width) : PSHostRawUserInterface
{
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 1;

    public override Size BufferSize { get; set; } = new(width, 50);

    public override Size WindowSize { get; set; } = new(width, 50);

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override string WindowTitle { get; set; } = string.Empty;

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill)
    {
    }

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents)
    {
    }

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
    }
}
