using System.Collections;
using System.Management.Automation;

namespace KrabAuth.Parameters;

/// <summary>
/// Takes text, and of an object its property. PowerShell would make a text of any object for a parameter that takes the pipeline, and
/// an agent would be looked for as a provider; an object without the property is left to the parameters that bind by name.
/// </summary>
/// <param name="properties">The properties that stand for an object: the first that it has.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextTransformationAttribute(params string[] properties) : ArgumentTransformationAttribute
{
    /// <summary>The properties that stand for an object.</summary>
    public IReadOnlyList<string> Properties { get; } = properties;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (Unwrap(inputData) is IEnumerable list and not (string or IDictionary)) return list.Cast<object?>().SelectMany(Texts).ToArray();
        object?[] texts = Texts(inputData);
        return texts is [{ } one] ? one : texts is [null] ? null! : texts;
    }

    private object?[] Texts(object? item)
    {
        // A word that looks like a number is handed over as it is: PowerShell remembers how it was typed.
        if (Unwrap(item) is null or IConvertible or Guid or Uri or Version) return [item];
        var found = PSObject.AsPSObject(item!);
        foreach (string property in Properties)
        {
            object? value = Unwrap(found.Properties[property]?.Value);
            if (value is string text) return [text];
            if (value is IEnumerable list) return [.. list.Cast<object?>()];
        }
        string type = found.TypeNames.FirstOrDefault() ?? found.BaseObject.GetType().ToString();
        string message = Properties.Count == 0 ? $"{type} is no text." : $"{type} is no text, and has no property {Properties[0]}.";
        // The binder goes on with the next way to bind only where the inner exception is this one.
        throw new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
