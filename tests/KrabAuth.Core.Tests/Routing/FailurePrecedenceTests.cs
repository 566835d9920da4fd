using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>What counts where a failure says several things: a shut-down account, then the status, then a code, then the words.</summary>
public sealed class FailurePrecedenceTests
{
    private static readonly FailureSignal TimedOut = new() { Code = "ETIMEDOUT" };
    private static readonly FailureSignal Limited = new() { Code = "RATE_LIMIT" };

    [Fact]
    public void A_call_that_was_stopped_is_no_failure_unless_time_stopped_it()
    {
        Assert.Null(Classify(new FailureSignal { Message = "rate limit reached", Cause = new FailureSignal { IsAbort = true } }));
        Assert.Null(Classify(Limited with { IsAbort = true }));
        Assert.Equal(FailureReason.Timeout, Classify(TimedOut with { IsAbort = true }));
        Assert.Equal(FailureReason.Timeout, Classify(new FailureSignal { IsAbort = true, Cause = TimedOut }));
        Assert.Equal(FailureReason.Timeout, Classify(TimedOut with { IsAbort = true, Cause = Limited }));
    }

    [Fact]
    public void An_account_that_was_shut_down_counts_before_all()
    {
        var shutDown = new FailureSignal { Code = "DEACTIVATED_WORKSPACE" };
        Assert.Equal(FailureReason.AuthPermanent, Classify(shutDown with { Status = 429 }));
        Assert.Equal(FailureReason.AuthPermanent, Classify(Limited with { Cause = shutDown }));
    }

    [Fact]
    public void A_status_counts_before_a_code_and_words_and_the_outermost_before_those_within()
    {
        Assert.Equal(FailureReason.Overloaded, Classify(Limited with { Status = 529 }));
        Assert.Equal(FailureReason.Overloaded, Classify(new FailureSignal { Status = 529, Message = "429 too many requests" }));
        Assert.Equal(FailureReason.Overloaded, Classify(new FailureSignal { Status = 529, Message = """{"status":408}""" }));
        Assert.Equal(FailureReason.Overloaded, Classify(new FailureSignal { Status = 529, Cause = new FailureSignal { Status = 408 } }));
        Assert.Equal(FailureReason.Timeout, Classify(new FailureSignal { Message = """{"status":408}""" }));
        Assert.Equal(FailureReason.Timeout, Classify(new FailureSignal { Message = "408 nothing came" }));
        Assert.Null(Classify(new FailureSignal { Message = "408 nothing came", IsFreeText = true }));
        Assert.Equal(FailureReason.Timeout, Classify(new FailureSignal { Message = "HTTP 408 nothing came", IsFreeText = true }));
    }

    [Fact]
    public void A_code_counts_before_words_and_the_outermost_before_those_within()
    {
        Assert.Equal(FailureReason.Timeout, Classify(TimedOut with { Message = """{"code":"RATE_LIMIT"}""" }));
        Assert.Equal(FailureReason.Timeout, Classify(TimedOut with { Cause = Limited }));
        Assert.Equal(FailureReason.RateLimit, Classify(new FailureSignal { Code = "EOTHER", Message = """{"code":"RATE_LIMIT"}""" }));
        Assert.Equal(FailureReason.Overloaded, Classify(new FailureSignal { Code = "OVERLOADED", Message = "too many requests" }));
    }

    /// <summary>An account without balance, as a provider means it and as another one's words happen to read.</summary>
    [Theory]
    [InlineData("xai", "insufficient account balance", FailureReason.Billing)]
    [InlineData("kimi-coding", "insufficient account balance", FailureReason.Billing)]
    [InlineData("openai", "insufficient account balance", FailureReason.RateLimit)]
    [InlineData("openai", "insufficient account balance (insufficient_balance)", FailureReason.Billing)]
    [InlineData("openai", "insufficient balance", FailureReason.Billing)]
    public void Some_words_mean_no_credit_only_where_the_provider_means_them(string provider, string message, FailureReason reason)
        => Assert.Equal(reason, Classify(new FailureSignal { Provider = provider, Status = 429, Message = message }));

    [Theory]
    [InlineData("402 Payment Required", FailureReason.Billing)]
    [InlineData("Error: HTTP 402 payment required: insufficient credits", FailureReason.Billing)]
    [InlineData("402 payment required: weekly usage limit reached", FailureReason.RateLimit)]
    [InlineData("402: rate limit exceeded", FailureReason.RateLimit)]
    [InlineData("HTTP 402: your organization has reached its spending limit", FailureReason.RateLimit)]
    [InlineData("402 subscription quota limit; automatic quota refresh tomorrow", FailureReason.RateLimit)]
    [InlineData("402 usage limit reached, upgrade your plan", FailureReason.Billing)]
    public void An_answer_that_asks_for_payment_means_a_quota_where_it_says_so(string message, FailureReason reason)
    {
        Assert.Equal(reason, Classify(new FailureSignal { Status = 402, Message = message }));
        Assert.Equal(reason, Classify(new FailureSignal { Message = message }));
    }

    [Fact]
    public void Nobody_reads_on_where_no_error_message_is()
    {
        const int Longest = 64 * 1024;
        const string Words = "rate limit";
        Assert.Equal(FailureReason.RateLimit, Classify(new FailureSignal { Message = new string('-', Longest - Words.Length) + Words }));
        Assert.Null(Classify(new FailureSignal { Message = new string('-', Longest - Words.Length + 1) + Words }));
    }

    /// <summary>Stores of peers, options and scripts hold these names.</summary>
    [Theory]
    [InlineData(FailureReason.Auth, "auth")]
    [InlineData(FailureReason.AuthPermanent, "auth_permanent")]
    [InlineData(FailureReason.Billing, "billing")]
    [InlineData(FailureReason.RateLimit, "rate_limit")]
    [InlineData(FailureReason.Overloaded, "overloaded")]
    [InlineData(FailureReason.Timeout, "timeout")]
    [InlineData(FailureReason.Format, "format")]
    [InlineData(FailureReason.ModelNotFound, "model_not_found")]
    [InlineData(FailureReason.SessionExpired, "session_expired")]
    [InlineData(FailureReason.EmptyResponse, "empty_response")]
    [InlineData(FailureReason.NoErrorDetails, "no_error_details")]
    [InlineData(FailureReason.Unclassified, "unclassified")]
    [InlineData(FailureReason.ServerError, "server_error")]
    [InlineData(FailureReason.TlsCertificate, "tls_certificate")]
    [InlineData(FailureReason.Unknown, "unknown")]
    public void The_name_of_a_reason_never_changes(FailureReason reason, string name)
    {
        Assert.Equal(name, reason.StoredName());
        Assert.Contains(name, FailureReasons.Names);
        Assert.Equal(reason, FailureReasons.Require(name));
    }

    [Fact]
    public void Without_a_name_there_is_no_reason() => Assert.Null(FailureReasons.Parse(null));

    private static FailureReason? Classify(FailureSignal signal) => FailureClassifier.Classify(signal, DateTimeOffset.UnixEpoch.AddYears(50)).Reason;
}
