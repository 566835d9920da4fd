namespace KrabAuth.Core.Tests.Doctor;

/// <summary>Names a finding that the test makes, sees, mends and sees gone. <see cref="DoctorTestBase"/> watches that it does.</summary>
/// <param name="id">The id of the finding.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FindsAttribute(string id) : Attribute
{
    public string Id => id;
}
