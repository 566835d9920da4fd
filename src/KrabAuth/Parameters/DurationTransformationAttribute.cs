using System.Globalization;
using System.Management.Automation;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Parameters;

/// <summary>Takes a duration as TimeSpan, as <c>365d</c>, <c>12h</c>, <c>1h30m</c>, as <c>1.12:00:00</c>, or as a number of days, or of what <see cref="DefaultUnit"/> says.</summary>
/// <remarks>
/// PowerShell reads a bare <c>365d</c> as a decimal number and <c>30s</c> as a short one, but remembers the word that was
/// typed: the word counts, or thirty seconds would become thirty days.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>What a number alone counts: days, unless the parameter is about something shorter.</summary>
    public string DefaultUnit { get; set; } = "d";

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            TimeSpan span => span,
            string text => Parse(text),
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal
                => Parse(LanguagePrimitives.ConvertTo<string>(inputData)),
            _ => throw new ArgumentTransformationMetadataException("A duration is a TimeSpan, or a text such as 365d, 12h or 1h30m."),
        };
    }

    private TimeSpan Parse(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span)) return span;
        try
        {
            return DurationText.Parse(text, DefaultUnit);
        }
        catch (KrabAuthException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }
}
