using System.Text.Json;
using KrabAuth.Cli.Host;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Rendering;

/// <summary>Writes one JSON document to standard output, as the peers indent theirs.</summary>
internal static class JsonOutput
{
    /// <param name="cli">Where it goes.</param>
    /// <param name="body">Writes the document.</param>
    /// <param name="isIndented">False: one line, where many documents follow each other.</param>
    public static void Write(CliContext cli, Action<Utf8JsonWriter> body, bool isIndented = true)
    {
        using var buffer = new MemoryStream(4096);
        using (var writer = new Utf8JsonWriter(buffer, JsonText.OutputOptions with { Indented = isIndented }))
        {
            body(writer);
        }
        buffer.WriteByte((byte)'\n');
        cli.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    public static void WriteTexts(this Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    /// <summary>Writes a member unless there is nothing to write.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null) writer.WriteString(name, text);
    }
}
