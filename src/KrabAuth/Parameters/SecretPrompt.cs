using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using KrabAuth.Providers;

namespace KrabAuth.Parameters;

/// <summary>Asks a person for a secret, which the host does not show.</summary>
internal static class SecretPrompt
{
    public static SecureString Ask(PSHost host, string message, string label)
    {
        var field = new FieldDescription(label);
        field.SetParameterType(typeof(SecureString));
        return (SecureString)host.UI.Prompt(string.Empty, message, [field])[label].BaseObject;
    }

    /// <summary>Asks for a password that is to be made up: twice, until both are the same.</summary>
    public static SecureString AskTwice(PSHost host, string message, string label)
    {
        while (true)
        {
            SecureString first = Ask(host, message, label);
            if (SecureText.Reveal(Ask(host, string.Empty, "The same again")) == SecureText.Reveal(first)) return first;
            message = "These are two different passwords.";
        }
    }

    /// <summary>Whether an exception says that the host has no person: -NonInteractive, a job, a remote session.</summary>
    public static bool IsNobodyThere(Exception e) => e is HostException or PSInvalidOperationException or NotImplementedException;

    /// <summary>Asks for a secret of a known shape until it is whole: a terminal that wraps a long token gives its first line alone.</summary>
    public static SecureString AskWhole(PSHost host, SetupTokenRule? rule, string label)
    {
        SecureString answer = Ask(host, rule?.Hint ?? string.Empty, label);
        while (rule is not null && answer.Length > 0 && answer.Length < rule.MinimumLength)
        {
            SecureString rest = Ask(host, "That is only a part of a token.", "The rest, or nothing");
            if (rest.Length == 0) break;
            answer = SecureText.Protect(SecureText.Reveal(answer) + SecureText.Reveal(rest));
        }
        return answer;
    }
}
