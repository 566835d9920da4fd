using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>What is kept of an exception of .NET, and of an answer.</summary>
public sealed class FailureSignalTests
{
    [Theory]
    [InlineData(SocketError.ConnectionReset, "ECONNRESET")]
    [InlineData(SocketError.ConnectionAborted, "ECONNABORTED")]
    [InlineData(SocketError.ConnectionRefused, "ECONNREFUSED")]
    [InlineData(SocketError.TimedOut, "ETIMEDOUT")]
    [InlineData(SocketError.NetworkUnreachable, "ENETUNREACH")]
    [InlineData(SocketError.NetworkDown, "ENETUNREACH")]
    [InlineData(SocketError.HostUnreachable, "EHOSTUNREACH")]
    [InlineData(SocketError.HostDown, "EHOSTDOWN")]
    [InlineData(SocketError.HostNotFound, "EAI_AGAIN")]
    [InlineData(SocketError.TryAgain, "EAI_AGAIN")]
    [InlineData(SocketError.NoData, "EAI_AGAIN")]
    [InlineData(SocketError.AccessDenied, null)]
    public void The_system_s_code_is_the_one_that_libraries_gave_it(SocketError error, string? code) => Assert.Equal(code, FailureSignal.FromException(new SocketException((int)error)).Code);

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "EAI_AGAIN")]
    [InlineData(HttpRequestError.ConnectionError, "ECONNREFUSED")]
    [InlineData(HttpRequestError.Unknown, null)]
    public void So_is_that_of_a_request(HttpRequestError error, string? code) => Assert.Equal(code, FailureSignal.FromException(new HttpRequestException(error)).Code);

    [Fact]
    public void Only_an_answer_that_broke_off_had_begun()
    {
        Assert.Equal((true, "ECONNRESET"), Of(new HttpIOException(HttpRequestError.ResponseEnded)));
        Assert.Equal((false, null), Of(new HttpIOException(HttpRequestError.InvalidResponse)));
        Assert.Equal((false, "ERR_TLS_CERT"), Of(new AuthenticationException("no")));
        Assert.Equal((false, null), Of(new InvalidOperationException("no")));

        static (bool, string?) Of(Exception exception) => (FailureSignal.FromException(exception).HadBegun, FailureSignal.FromException(exception).Code);
    }

    [Fact]
    public void Who_stops_a_call_and_what_stops_by_itself_are_two()
    {
        Assert.Equal((true, null), Of(new OperationCanceledException()));
        Assert.Equal((false, "ETIMEDOUT"), Of(new TaskCanceledException("too slow", new TimeoutException())));
        Assert.Equal((false, "ETIMEDOUT"), Of(new TimeoutException()));
        Assert.Equal((true, null), Of(new TaskCanceledException("stopped", new InvalidOperationException())));
        Assert.Equal((false, null), Of(new InvalidOperationException("broken", new TimeoutException())));

        static (bool, string?) Of(Exception exception) => (FailureSignal.FromException(exception).IsAbort, FailureSignal.FromException(exception).Code);
    }

    [Fact]
    public void The_words_of_NET_count_where_there_is_no_status()
    {
        Assert.Equal((null, 429), Of(new HttpRequestException("Response status code does not indicate success: 429.", null, HttpStatusCode.TooManyRequests)));
        Assert.Equal(("no network", null), Of(new HttpRequestException("no network")));
        Assert.Equal(("broken", null), Of(new InvalidOperationException("broken")));

        static (string?, int?) Of(Exception exception) => (FailureSignal.FromException(exception).Message, FailureSignal.FromException(exception).Status);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" \r\n", null)]
    [InlineData(" slow down\n", " slow down\n")]
    public void A_body_without_a_word_says_nothing(string? body, string? message)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.BadGateway);
        FailureSignal signal = FailureSignal.FromResponse(response, body);
        Assert.Equal((502, message), (signal.Status, signal.Message));
    }

    [Fact]
    public void Twenty_five_causes_are_kept()
    {
        int causes = 0;
        for (FailureSignal? at = FailureSignal.FromException(Wrapped(new InvalidOperationException("the first"), 40)).Cause; at is not null; at = at.Cause) causes++;
        Assert.Equal(25, causes);
    }

    [Theory]
    [InlineData(25, FailureReason.RateLimit)]
    [InlineData(26, null)]
    public void And_looked_at(int depth, FailureReason? reason)
    {
        Assert.Equal(reason, Classify(FailureSignal.FromException(Wrapped(new HttpRequestException("429", null, HttpStatusCode.TooManyRequests), depth))));
        var signal = new FailureSignal { Status = 429 };
        for (int i = 0; i < depth; i++) signal = new FailureSignal { Cause = signal };
        Assert.Equal(reason, Classify(signal));

        static FailureReason? Classify(FailureSignal signal) => FailureClassifier.Classify(signal, DateTimeOffset.UnixEpoch.AddYears(50)).Reason;
    }

    private static Exception Wrapped(Exception exception, int times)
    {
        for (int i = 0; i < times; i++) exception = new InvalidOperationException("wrapped", exception);
        return exception;
    }
}
