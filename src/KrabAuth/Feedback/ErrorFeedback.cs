using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Reflection;

namespace KrabAuth.Feedback;

/// <summary>
/// After one of the module's errors, PowerShell shows the command that mends it. PowerShell asks a feedback provider for that; the
/// interface is no part of the standard library that the module is compiled against, so a proxy answers in its name.
/// </summary>
[SuppressMessage("Performance", "CA1852", Justification = "A proxy is a class that is derived from this one at run time.")]
internal class ErrorFeedback : DispatchProxy
{
    private const string Namespace = "System.Management.Automation.Subsystem.";

    private static readonly Assembly Engine = typeof(PSObject).Assembly;

    /// <summary>By this PowerShell knows the provider.</summary>
    private static readonly Guid Id = new("b1f6bb0e-9d3b-4a55-8a3c-1f0f6f6e2d57");

    private static bool _isRegistered;

    /// <summary>Begins to answer; does nothing the second time.</summary>
    public static void Register()
    {
        if (_isRegistered) return;
        object provider = Create(Type("Feedback.IFeedbackProvider"), typeof(ErrorFeedback));
        Manage("RegisterSubsystem", Type("ISubsystem"), provider);
        _isRegistered = true;
    }

    /// <summary>Answers no longer.</summary>
    public static void Unregister()
    {
        if (!_isRegistered) return;
        Manage("UnregisterSubsystem", typeof(Guid), Id);
        _isRegistered = false;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        "get_Id" => Id,
        "get_Name" => "KrabAuth",
        "get_Description" => "Shows the command that mends an error of KrabAuth.",
        "get_Trigger" => Enum.Parse(Type("Feedback.FeedbackTrigger"), "Error"),
        "GetFeedback" when args is [{ } context, ..] => Answer(context),
        _ => null,
    };

    private static object? Answer(object context)
    {
        var error = context.GetType().GetProperty("LastError")?.GetValue(context) as ErrorRecord;
        bool isOurs = error?.FullyQualifiedErrorId.Contains($",{nameof(KrabAuth)}.{nameof(Commands)}.", StringComparison.Ordinal) == true;
        if (!isOurs || error?.ErrorDetails?.RecommendedAction is not { Length: > 0 } recommendation) return null;
        (string words, string? command) = NextStep.Read(recommendation);
        // An action is what can be run as it stands; words are only said.
        return Activator.CreateInstance(Type("Feedback.FeedbackItem"), words.Length > 0 ? words : "The next step:", command is null ? null : new List<string> { command });
    }

    private static void Manage(string method, Type parameter, object value)
    {
        Type kind = Type("SubsystemKind");
        MethodInfo call = Type("SubsystemManager").GetMethod(method, [kind, parameter]) ?? throw new PSNotSupportedException();
        call.Invoke(null, [Enum.Parse(kind, "FeedbackProvider"), value]);
    }

    private static Type Type(string name) => Engine.GetType(Namespace + name) ?? throw new PSNotSupportedException();
}
