using System.Text;
using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The head of a request is read as strictly as a line protocol must be.</summary>
public sealed class CallbackRequestTests
{
    [Fact]
    public void A_plain_request_is_read()
    {
        CallbackRequest request = Parse("GET /cb?a=1+2&b=%C3%A9&c HTTP/1.1\r\nHost: x\r\nX-Y:  z ")!;
        Assert.Equal(("GET", "/cb", "x", "z"), (request.Method, request.Path, request.Headers["host"], request.Headers["X-Y"]));
        Assert.Equal(("1 2", "é", string.Empty), (request.Query["a"], request.Query["b"], request.Query["c"]));
    }

    [Theory]
    [InlineData("HTTP/1.1")]
    [InlineData("HTTP/1.0")]
    public void A_request_without_a_query_has_no_parameters(string version)
    {
        CallbackRequest request = Parse($"GET /cb {version}\r\nA: \tb~")!;
        Assert.Equal(("/cb", "b~"), (request.Path, request.Headers["A"]));
        Assert.Empty(request.Query);
    }

    // As application/x-www-form-urlencoded is read: the first "=" parts name and value, and either may be empty.
    [Theory]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("?&", "")]
    [InlineData("?a", "[a]=[]")]
    [InlineData("?a=", "[a]=[]")]
    [InlineData("?=x", "[]=[x]")]
    [InlineData("?a=b=c", "[a]=[b=c]")]
    [InlineData("?a=~&b=%7E&A=?", "[a]=[~] [b]=[~] [A]=[?]")]
    [InlineData("?a+b=%2B", "[a b]=[+]")]
    public void A_query_is_read_as_a_form(string query, string expected)
        => Assert.Equal(expected, string.Join(' ', Parse($"GET /cb{query} HTTP/1.1")!.Query.Select(pair => $"[{pair.Key}]=[{pair.Value}]")));

    // CVE-2024-50338: what one side takes for a line end and the other does not.
    [Theory]
    [InlineData("GET /cb HTTP/1.1\nHost: x")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\rHost: x")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\nHost: x")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\u0085Host: x")]
    [InlineData("GET /cb HTTP/1.1\r\n\nHost: x")]
    [InlineData("GET /cb HTTP/1.1\r\n\rHost: x")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\u007f")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\u001f")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\0")]
    public void A_line_ends_with_both_characters_and_holds_neither(string head) => Assert.Null(Parse(head));

    [Theory]
    [InlineData("")]
    [InlineData("GET")]
    [InlineData("GET /cb")]
    [InlineData("GET  /cb HTTP/1.1")]
    [InlineData("GET /cb HTTP/1.1 x")]
    [InlineData("GET /cb HTTP/2")]
    [InlineData("GET /cb ")]
    [InlineData("GET /cb\t HTTP/1.1")]
    [InlineData("GET cb HTTP/1.1")]
    [InlineData("GET http://localhost/cb HTTP/1.1")]
    [InlineData("GET /cb HTTP/1.1\r\nno colon")]
    [InlineData("GET /cb HTTP/1.1\r\n: no name")]
    [InlineData("GET /cb HTTP/1.1\r\nHost : x")]
    [InlineData("GET /cb HTTP/1.1\r\n folded: x")]
    [InlineData("GET /cb HTTP/1.1\r\nHost: x\r\nhost: y")]
    [InlineData("GET /cb?a=1&a=1 HTTP/1.1")]
    [InlineData("GET /cb?a=1&%61=2 HTTP/1.1")]
    public void What_could_be_read_in_two_ways_is_not_read(string head) => Assert.Null(Parse(head));

    private static CallbackRequest? Parse(string head) => CallbackRequest.Parse(Encoding.Latin1.GetBytes(head));
}
