namespace KrabAuth.Cli.Rendering;

/// <summary>A little colour for people; none where it is not wanted.</summary>
internal sealed class Style(bool useColor)
{
    public string Heading(string text) => Paint("1", text);

    public string Muted(string text) => Paint("2", text);

    public string Good(string text) => Paint("32", text);

    public string Warn(string text) => Paint("33", text);

    public string Bad(string text) => Paint("31", text);

    private string Paint(string code, string text) => useColor && text.Length > 0 ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
