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

    // CVE-2024-50338: what one side takes for a line end and the other does not.
    [Theory]
    [InlineData("GET /cb HTTP/1.1\nHost: x")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\rHost: x")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\nHost: x")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\u0085Host: x")]
    [InlineData("GET /cb HTTP/1.1\r\nA: b\0")]
    public void A_line_ends_with_both_characters_and_holds_neither(string head) => Assert.Null(Parse(head));

    [Theory]
    [InlineData("")]
    [InlineData("GET")]
    [InlineData("GET /cb")]
    [InlineData("GET  /cb HTTP/1.1")]
    [InlineData("GET /cb HTTP/1.1 x")]
    [InlineData("GET /cb HTTP/2")]
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
