namespace KrabAuth.Core.Tests.Storage;

/// <summary>Tells two texts apart line by line, as a person sees it in a comparison: <c>-old</c>, <c>+new</c>.</summary>
internal static class LineDiff
{
    public static IReadOnlyList<string> Between(string before, string after)
    {
        string[] old = before.Split('\n');
        string[] now = after.Split('\n');
        // Length of the longest common run of lines from each pair of places on.
        int[,] common = new int[old.Length + 1, now.Length + 1];
        for (int i = old.Length - 1; i >= 0; i--)
        {
            for (int j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }
        var changes = new List<string>();
        for (int i = 0, j = 0; i < old.Length || j < now.Length;)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j]) (i, j) = (i + 1, j + 1);
            else if (i < old.Length && (j == now.Length || common[i + 1, j] >= common[i, j + 1])) changes.Add("-" + old[i++].Trim());
            else changes.Add("+" + now[j++].Trim());
        }
        return changes;
    }
}
