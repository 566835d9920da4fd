using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>What is read of the JSON in a provider's words.</summary>
public sealed class FailureBodyTests
{
    private const string Later = """ {"code":"LATER"}""";

    [Theory]
    [InlineData("""{"code":"X"}""")]
    [InlineData("""{"type":"X"}""")]
    [InlineData("""{"status":"X"}""")]
    [InlineData("""{"name":"X"}""")]
    [InlineData("""{"reason":"X"}""")]
    [InlineData("""{"__type":"X"}""")]
    [InlineData("""{"error":{"code":"X"}}""")]
    [InlineData("""{"cause":{"code":"X"}}""")]
    [InlineData("""{"detail":{"code":"X"}}""")]
    [InlineData("""{"details":{"code":"X"}}""")]
    [InlineData("""{"errors":{"code":"X"}}""")]
    [InlineData("""{"errors":[{"code":"X"}]}""")]
    [InlineData("""[{"code":"X"}]""")]
    [InlineData("""{"message":"{\"code\":\"X\"}"}""")]
    [InlineData("""{"code":"X",}""")]
    [InlineData("""{"id":"Überlänge – 上下文过长"}{"code":"X"}""")]
    [InlineData("""429 {"id":"r-1"} {"code":"X"}""")]
    public void A_code_wherever_it_stands(string text) => Assert.Equal(["X"], FailureBody.Read(text).Codes);

    [Fact]
    public void Codes_in_the_order_in_which_they_stand_outermost_first_and_none_that_is_a_text()
    {
        Assert.Equal(["A", "B", "C"], FailureBody.Read("""{"type":"B","code":"A","error":{"code":"C"}}""").Codes);
        Assert.Equal([new string('x', 199)], FailureBody.Read($$"""{"code":"{{new string('x', 199)}}"}""").Codes);
        Assert.Empty(FailureBody.Read($$"""{"code":"{{new string('x', 200)}}"}""").Codes);
        Assert.Empty(FailureBody.Read("""{"code":""}""").Codes);
    }

    [Theory]
    [InlineData("""{"status":401,"statusCode":402,"status_code":403,"code":404}""", 401)]
    [InlineData("""{"statusCode":402,"status_code":403,"code":404}""", 402)]
    [InlineData("""{"status_code":403,"code":404}""", 403)]
    [InlineData("""{"code":404}""", 404)]
    [InlineData("""{"code":"404"}""", 404)]
    [InlineData("""{"status":429,"error":{"status":500}}""", 429)]
    [InlineData("""{"error":{"status":500}}""", 500)]
    [InlineData("""{"status":400}""", 400)]
    [InlineData("""{"status":599}""", 599)]
    [InlineData("""{"status":399}""", null)]
    [InlineData("""{"status":600}""", null)]
    [InlineData("""{"status":"429 Too Many Requests"}""", null)]
    [InlineData("""{"status":429.5}""", null)]
    [InlineData("""{"status":200,"statusCode":503}""", 503)]
    public void A_status_by_any_of_its_names_outermost_first(string text, int? status) => Assert.Equal(status, FailureBody.Read(text).Status);

    [Fact]
    public void A_time_outermost_first()
    {
        FailureBody body = FailureBody.Read("""
            {"resets_at":1,"resets_in_seconds":2,"retryDelay":"3s","error":{"resets_at":4,"resets_in_seconds":5,"retryDelay":"6s"}}
            """);
        Assert.Equal((1, 2, "3s"), (body.ResetsAt, body.ResetsIn, body.RetryDelay));
        body = FailureBody.Read("""{"error":{"resets_at":4,"resets_in_seconds":5,"retryDelay":"6s"}}""");
        Assert.Equal((4, 5, "6s"), (body.ResetsAt, body.ResetsIn, body.RetryDelay));
    }

    [Theory]
    [InlineData("""{"code":"FIRST"}""")]
    [InlineData("""{"status":429}""")]
    [InlineData("""{"resets_at":1}""")]
    [InlineData("""{"resets_in_seconds":1}""")]
    [InlineData("""{"retryDelay":"1s"}""")]
    public void The_first_that_says_anything_counts(string first) => Assert.DoesNotContain("LATER", FailureBody.Read(first + Later).Codes);

    [Theory]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"resets_at":"1"}""")]
    [InlineData("[429]")]
    [InlineData("{}")]
    [InlineData("{no json")]
    public void What_says_nothing_makes_way_for_the_next(string first) => Assert.Equal(["LATER"], FailureBody.Read(first + Later).Codes);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("429 too many requests")]
    [InlineData("{")]
    public void What_is_no_JSON_says_nothing(string? text) => Assert.Same(FailureBody.None, FailureBody.Read(text));

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void So_many_beginnings_are_tried(int others, bool isFound)
        => Assert.Equal(isFound, FailureBody.Read(string.Concat(Enumerable.Repeat("{x ", others)) + Later).Codes.Count == 1);

    [Fact]
    public void A_text_is_read_that_is_as_long_as_an_error_can_be_wherever_it_begins()
    {
        const int Longest = 256 * 1024;
        string longest = Later.Trim().PadRight(Longest);
        Assert.Equal(["LATER"], FailureBody.Read(longest).Codes);
        Assert.Equal(["LATER"], FailureBody.Read("Error: " + longest).Codes);
        Assert.Empty(FailureBody.Read(longest + " ").Codes);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Errors_within_errors_are_followed_so_far(int depth, bool isFound)
    {
        Expect(Nest("""{"error":""", """{"code":"X"}""", "}", depth));
        Expect(Nest("[", """{"code":"X"}""", "]", depth));
        Expect(Nest("""{"error":""", """{"message":"{\"code\":\"X\"}"}""", "}", depth - 1));

        void Expect(string text) => Assert.Equal(isFound, FailureBody.Read(text).Codes.Count == 1);

        static string Nest(string before, string inner, string after, int times)
            => string.Concat(Enumerable.Repeat(before, times)) + inner + string.Concat(Enumerable.Repeat(after, times));
    }
}
