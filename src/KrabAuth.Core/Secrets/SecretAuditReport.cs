namespace KrabAuth.Secrets;

/// <summary>Something that the audit found.</summary>
/// <param name="Code">A stable code: see <see cref="SecretAuditCodes"/>.</param>
/// <param name="Severity"><c>info</c>, <c>warn</c> or <c>error</c>.</param>
/// <param name="File">The file.</param>
/// <param name="JsonPath">Where in it.</param>
/// <param name="Message">What it is, for people. Of a secret it shows the mask at most.</param>
public sealed record SecretFinding(string Code, string Severity, string File, string JsonPath, string Message)
{
    /// <summary>The provider that it is about, if it is about one.</summary>
    public string? Provider { get; init; }

    /// <summary>The profile that it is about, if it is about one.</summary>
    public string? ProfileId { get; init; }
}

/// <summary>The codes of findings, as the programs that share the files have them.</summary>
public static class SecretAuditCodes
{
    /// <summary>A secret stands in a file as it is.</summary>
    public const string Plaintext = "PLAINTEXT_FOUND";

    /// <summary>A reference leads to nothing, or a file cannot be read to see what is in it.</summary>
    public const string Unresolved = "REF_UNRESOLVED";

    /// <summary>A reference in the configuration that is not used, because a profile comes first.</summary>
    public const string Shadowed = "REF_SHADOWED";

    /// <summary>Credentials that references cannot replace, or that an earlier version left.</summary>
    public const string Residue = "LEGACY_RESIDUE";
}

/// <summary>What the audit found.</summary>
public sealed record SecretAuditReport
{
    /// <summary>The findings, by file and place.</summary>
    public required IReadOnlyList<SecretFinding> Findings { get; init; }

    /// <summary>The files that were looked at.</summary>
    public required IReadOnlyList<string> FilesScanned { get; init; }

    /// <summary>The number of references that were followed.</summary>
    public int ReferencesChecked { get; init; }

    /// <summary>The number of references to programs that were not followed, because nobody allowed to run them.</summary>
    public int SkippedExecReferences { get; init; }

    /// <summary>The number of references to vaults that were not followed, because only PowerShell can.</summary>
    public int SkippedVaultReferences { get; init; }

    /// <summary>Whether every reference was followed.</summary>
    public bool IsComplete => SkippedExecReferences + SkippedVaultReferences == 0;

    /// <summary><c>unresolved</c>, <c>findings</c> or <c>clean</c>.</summary>
    public string Status => Count(SecretAuditCodes.Unresolved) > 0 ? "unresolved" : Findings.Count > 0 ? "findings" : "clean";

    /// <summary>The number of findings of a code.</summary>
    public int Count(string code) => Findings.Count(finding => finding.Code == code);

    /// <summary>The exit code: 2 for a reference that leads to nothing, 1 for any other finding if it is a check, else 0.</summary>
    /// <param name="isCheck">Whether a finding is a failure.</param>
    public int ExitCode(bool isCheck) => Count(SecretAuditCodes.Unresolved) > 0 ? 2 : isCheck && Findings.Count > 0 ? 1 : 0;
}
