using System.Collections;
using System.Globalization;
using System.Management.Automation;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;

namespace KrabAuth.Errors;

/// <summary>What PowerShell knows of a failed call, in the form that Core looks at.</summary>
internal static class FailureSignals
{
    /// <summary>Reads an error record. <c>Invoke-RestMethod</c> puts the body into its details and the answer into its exception.</summary>
    public static FailureSignal From(ErrorRecord error)
    {
        if (error.FullyQualifiedErrorId == nameof(CommandNotFoundException) || IsOfThisMachine(error.Exception)) return new FailureSignal();
        FailureSignal signal = FailureSignal.FromException(error.Exception);
        HttpResponseMessage? response = null;
        for (Exception? at = error.Exception; at is not null && response is null; at = at.InnerException) response = ResponseOf(at);
        string? body = error.ErrorDetails?.Message;
        if (response is null) return string.IsNullOrWhiteSpace(body) ? signal : new FailureSignal { Message = body, Cause = signal };
        return FailureSignal.FromResponse(response, body) with { Cause = signal };
    }

    /// <summary>Headers as a table of texts or lists of texts.</summary>
    public static IReadOnlyDictionary<string, string> Headers(IDictionary? table)
    {
        var headers = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in table ?? new Hashtable())
        {
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            headers[$"{entry.Key}"] = value is IEnumerable list and not string
                ? string.Join(", ", list.Cast<object>().Select(Text))
                : Text(value);
        }
        return headers;
    }

    /// <summary>What fails before a provider is asked says nothing of an account, whatever words and numbers its message has.</summary>
    private static bool IsOfThisMachine(Exception exception) => exception is KrabAuthException or CommandNotFoundException or ParameterBindingException
        or SessionStateException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException;

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;

    /// <summary>The class of that exception is no part of the standard library that the module is compiled against.</summary>
    private static HttpResponseMessage? ResponseOf(Exception exception)
    {
        object? value = PSObject.AsPSObject(exception).Properties["Response"]?.Value;
        return (value is PSObject wrapped ? wrapped.BaseObject : value) as HttpResponseMessage;
    }
}
