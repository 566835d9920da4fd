using System.Net;
using System.Text.RegularExpressions;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>A browser with cookies of its own that follows redirects and sends every form off; the server takes its header for the account.</summary>
internal sealed partial class TestBrowser : IDisposable
{
    private const int MostSteps = 20;

    private readonly HttpClient _http;

    public TestBrowser(string account)
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new CookieContainer() });
        _http.DefaultRequestHeaders.Add("x-account", account);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Signs in, and gives the last page.</summary>
    public async Task<string> VisitAsync(string address) => (await GoAsync(new Uri(address), until: null)).Page!;

    /// <summary>Signs in, and gives the redirect that would end it without following it.</summary>
    public async Task<Uri> AuthorizeAsync(string address)
    {
        string redirectUri = Parameter(new Uri(address), "redirect_uri");
        return (await GoAsync(new Uri(address), redirectUri)).Redirect!;
    }

    /// <summary>A parameter of a query.</summary>
    public static string Parameter(Uri address, string name)
        => Uri.UnescapeDataString(address.Query.TrimStart('?').Split('&').Single(pair => pair.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..]);

    private async Task<(string? Page, Uri? Redirect)> GoAsync(Uri address, string? until)
    {
        FormUrlEncodedContent? form = null;
        for (int step = 0; step < MostSteps; step++)
        {
            using HttpResponseMessage response = form is null ? await _http.GetAsync(address) : await _http.PostAsync(address, form);
            string page = await response.Content.ReadAsStringAsync();
            form?.Dispose();
            form = null;
            if (response.Headers.Location is { } location)
            {
                address = new Uri(address, location);
                if (until is not null && address.AbsoluteUri.StartsWith(until, StringComparison.Ordinal)) return (null, address);
            }
            else if (response.StatusCode == HttpStatusCode.OK && Form().Match(page) is { Success: true } found)
            {
                address = new Uri(address, WebUtility.HtmlDecode(found.Groups["action"].Value));
                form = new FormUrlEncodedContent(Hidden().Matches(page).Select(field => KeyValuePair.Create(field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value))));
            }
            else
            {
                // The page of a failed sign-in is a page; one of the server that says 400 means that the test went wrong.
                return response.IsSuccessStatusCode || page.Contains("KrabAuth</title>", StringComparison.Ordinal) ? (page, null) : throw new InvalidOperationException($"{(int)response.StatusCode} at {address.GetLeftPart(UriPartial.Path)}: {page}");
            }
        }
        throw new InvalidOperationException("The server sends the browser round and round.");
    }

    [GeneratedRegex("<form [^>]*action=\"(?<action>[^\"]+)\"")]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();
}
