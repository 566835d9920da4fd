namespace KrabAuth.Interop.Tests.Support;

/// <summary>The forms in which a person may paste what the browser was sent to.</summary>
internal static class Pasted
{
    public static string Form(Uri redirect, string form) => form switch
    {
        "address" => redirect.AbsoluteUri,
        "code#state" => $"{TestBrowser.Parameter(redirect, "code")}#{TestBrowser.Parameter(redirect, "state")}",
        "query" => redirect.Query,
        _ => TestBrowser.Parameter(redirect, "code"),
    };
}
