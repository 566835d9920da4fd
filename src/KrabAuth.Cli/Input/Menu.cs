using System.Globalization;
using System.Text;
using KrabAuth.Cli.Host;

namespace KrabAuth.Cli.Input;

/// <summary>Something that can be chosen.</summary>
/// <param name="Id">The word for it.</param>
/// <param name="Label">What it is.</param>
internal sealed record MenuItem(string Id, string Label);

/// <summary>Questions with a few answers, at the terminal.</summary>
internal static class Menu
{
    private const int Shown = 12;

    /// <summary>Lets a person choose by number, by word, or by the beginning of one. Long lists are shown in part, and whole for a question mark.</summary>
    /// <param name="cli">The process.</param>
    /// <param name="title">What is asked.</param>
    /// <param name="items">What there is.</param>
    /// <param name="takesOther">Whether another word may be given.</param>
    /// <exception cref="PromptCancelledException">The person gave no answer.</exception>
    public static string Choose(CliContext cli, string title, IReadOnlyList<MenuItem> items, bool takesOther = false)
    {
        int shown = Math.Min(items.Count, Shown);
        Show(cli, title, items, shown);
        while (true)
        {
            string answer = Ask(cli, shown < items.Count ? "Number or name, ? for all" : "Number or name");
            if (answer == "?")
            {
                shown = items.Count;
                Show(cli, title, items, shown);
                continue;
            }
            if (Find(items, answer) is { } found) return found.Id;
            if (takesOther && answer.Length > 0) return answer;
            cli.WriteError("That is none of them. Try again, or press Ctrl+C.");
        }
    }

    /// <summary>Asks for a line; an empty one means what is given as usual.</summary>
    /// <exception cref="PromptCancelledException">The person gave no answer.</exception>
    public static string Ask(CliContext cli, string question, string usual = "")
    {
        string prompt = usual.Length > 0 ? $"{question} [{usual}]: " : $"{question}: ";
        string answer = Terminal.Open().ReadLine(cli, prompt, isSecret: false)?.Trim() ?? throw new PromptCancelledException();
        return answer.Length > 0 ? answer : usual;
    }

    private static MenuItem? Find(IReadOnlyList<MenuItem> items, string answer)
    {
        if (int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number >= 1 && number <= items.Count ? items[number - 1] : null;
        if (answer.Length == 0) return null;
        if (items.FirstOrDefault(item => string.Equals(item.Id, answer, StringComparison.OrdinalIgnoreCase)) is { } same) return same;
        List<MenuItem> begun = [.. items.Where(item => item.Id.StartsWith(answer, StringComparison.OrdinalIgnoreCase))];
        return begun.Count == 1 ? begun[0] : null;
    }

    private static void Show(CliContext cli, string title, IReadOnlyList<MenuItem> items, int shown)
    {
        var text = new StringBuilder(title).Append('\n');
        int width = items.Take(shown).Max(item => item.Id.Length);
        for (int i = 0; i < shown; i++) text.Append(CultureInfo.InvariantCulture, $"{i + 1,4}  {items[i].Id.PadRight(width)}  {items[i].Label}\n");
        if (shown < items.Count) text.Append(CultureInfo.InvariantCulture, $"      and {items.Count - shown} more\n");
        cli.WriteError(text.ToString().TrimEnd('\n'));
    }
}
