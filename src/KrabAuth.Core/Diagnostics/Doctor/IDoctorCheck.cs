namespace KrabAuth.Diagnostics.Doctor;

/// <summary>Looks for one kind of trouble. Looking changes nothing.</summary>
internal interface IDoctorCheck
{
    /// <summary>The stable id of what it finds.</summary>
    string Id { get; }

    /// <summary>What there is now.</summary>
    IEnumerable<DoctorFinding> Inspect(DoctorContext context);
}
