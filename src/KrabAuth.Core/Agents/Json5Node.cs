namespace KrabAuth.Agents;

/// <summary>Where a value stands in a JSON5 text.</summary>
internal sealed class Json5Node(string name)
{
    /// <summary>The member's name; empty for the root and for elements of arrays.</summary>
    public string Name { get; } = name;

    /// <summary>The index of its first character.</summary>
    public int Start { get; set; }

    /// <summary>The index behind its last character.</summary>
    public int End { get; set; }

    /// <summary>The values in it, in the order of the text.</summary>
    public List<Json5Node> Children { get; } = [];

    /// <summary>Adds a value.</summary>
    public Json5Node Add(string childName)
    {
        var child = new Json5Node(childName);
        Children.Add(child);
        return child;
    }

    /// <summary>The member of that name.</summary>
    public Json5Node? Member(string memberName) => Children.Find(child => child.Name == memberName);
}
