using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Transfer;

namespace KrabAuth.Commands;

/// <summary>A cmdlet that brings profiles in or out: asks about each, and tells what became of each.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TransferCmdlet : AgentCmdlet
{
    private protected TransferCmdlet()
    {
    }

    /// <summary>Carries out what the user agrees to, and writes a result for every profile, in the order of the plan.</summary>
    /// <param name="plan">What would be done.</param>
    /// <param name="isWanted">Which profiles are meant.</param>
    /// <param name="action">What is asked.</param>
    /// <param name="where">Where to, if that is to be named.</param>
    /// <param name="carryOut">Does it for the ids that it gets.</param>
    private protected void CarryOut(TransferPlan plan, Func<string, bool> isWanted, string action, string where, Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyList<TransferResult>>> carryOut)
    {
        List<TransferResult> wanted = [.. plan.Results.Where(result => isWanted(result.ProfileId))];
        if (IsWhatIf)
        {
            foreach (TransferResult result in wanted) ShouldProcess(IsChange(result) ? Ask(result) : $"Skip {result.ProfileId} ({result.Reason})", string.Empty, action);
            return;
        }
        var agreed = new HashSet<string>(StringComparer.Ordinal);
        var refused = new HashSet<string>(StringComparer.Ordinal);
        foreach (TransferResult result in wanted.Where(IsChange))
        {
            bool yes = ShouldProcess(Ask(result), $"{Ask(result)}?", action);
            (yes ? agreed : refused).Add(result.ProfileId);
        }
        List<TransferResult> done = agreed.Count == 0 ? [] : [.. Await(token => carryOut(agreed, token))];
        foreach (TransferResult result in wanted.Where(result => !refused.Contains(result.ProfileId))) WriteObject(done.Find(made => made.ProfileId == result.ProfileId) ?? result);

        string Ask(TransferResult result) => $"{action} {result.ProfileId}{where} ({result.Reason})";
    }

    /// <summary>Whether the user only wants to see what would happen.</summary>
    private protected bool IsWhatIf => LanguagePrimitives.IsTrue(MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given) ? given : SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>A sign-in that is here already has still to go where it was left.</summary>
    private static bool IsChange(TransferResult result) => result.Action != TransferAction.Skipped || result.Moved;

    /// <summary>Whether an id is one of those that were named, wildcards allowed; every id for none.</summary>
    private protected static Func<string, bool> Matcher(IEnumerable<string>? ids)
    {
        List<WildcardPattern>? patterns = ids?.Select(id => new WildcardPattern(WildcardPattern.ContainsWildcardCharacters(id) ? id : WildcardPattern.Escape(id), WildcardOptions.IgnoreCase)).ToList();
        return id => patterns?.Exists(pattern => pattern.IsMatch(id)) != false;
    }
}
