using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>What the providers really say.</summary>
public sealed class FailureClassifierTests
{
    [Theory]
    // OpenAI and Azure OpenAI
    [InlineData("openai", 401, """{"error":{"message":"Incorrect API key provided: sk-proj-****. You can find your API key at https://platform.openai.com/account/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", "auth")]
    [InlineData("openai", 429, """{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""", "billing")]
    [InlineData("openai", 429, """{"error":{"message":"Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 14567, Requested 24754. Please try again in 18.642s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}""", "rate_limit")]
    // The status in front of the words, as the providers' libraries write it.
    [InlineData("openai", 429, """429 {"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""", "billing")]
    [InlineData("openai", null, """429 {"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""", "billing")]
    [InlineData("openrouter", null, "429 Insufficient credits. Add more using https://openrouter.ai/credits", "billing")]
    [InlineData("anthropic", 429, "429 Your credit balance is too low to access the Anthropic API.", "billing")]
    [InlineData("openai", null, "429 Rate limit reached for gpt-4o", "rate_limit")]
    [InlineData("openai", 529, "<!DOCTYPE html><html><body>Bad</body></html>", "timeout")]
    [InlineData("openai", 529, "Overloaded", "overloaded")]
    [InlineData("openai", 400, "Request failed with status code 400", "format")]
    [InlineData("openai", null, "Request failed: the connection was lost", "timeout")]
    [InlineData("openai", 404, """{"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}""", "model_not_found")]
    [InlineData("openai", 400, """{"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""", null)]
    [InlineData("openai", 500, """{"error":{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error","param":null,"code":null}}""", "server_error")]
    [InlineData("openai", 503, """{"error":{"message":"The engine is currently overloaded, please try again later","type":"server_error","param":null,"code":null}}""", "overloaded")]
    [InlineData("openai", 401, """{"error":{"message":"Your account has been deactivated, please check your email for more information.","type":"invalid_request_error","code":"account_deactivated"}}""", "auth_permanent")]
    [InlineData("openai", 403, """{"detail":{"code":"deactivated_workspace"}}""", "auth_permanent")]
    [InlineData("openai-codex", 429, """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":1777936568,"resets_in_seconds":13872}}""", "rate_limit")]
    [InlineData("openai-codex", null, """Codex error: {"type":"error","error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":1777936568},"status_code":429}""", "rate_limit")]
    [InlineData("azure-openai", 401, """{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription."}}""", "auth")]
    [InlineData("azure-openai", 429, """{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 10 seconds."}}""", "rate_limit")]
    [InlineData("azure-openai", 404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""", "model_not_found")]
    // Anthropic
    [InlineData("anthropic", 401, """{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}""", "auth")]
    [InlineData("anthropic", 403, """{"type":"error","error":{"type":"permission_error","message":"OAuth authentication is currently not allowed for this organization."}}""", "auth_permanent")]
    [InlineData("anthropic", 429, """{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your organization's rate limit of 40,000 input tokens per minute."}}""", "rate_limit")]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}""", "billing")]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213462 tokens > 200000 maximum"}}""", null)]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_01. Each `tool_use.id` must be unique"}}""", "format")]
    [InlineData("anthropic", 404, """{"type":"error","error":{"type":"not_found_error","message":"model: claude-9"}}""", "model_not_found")]
    [InlineData("anthropic", 529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "overloaded")]
    [InlineData("anthropic", 413, """{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}""", null)]
    [InlineData("anthropic", null, "Claude AI usage limit reached|1760000000", "rate_limit")]
    // Google
    [InlineData("google", 400, """{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}""", "auth")]
    [InlineData("google", 429, """{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"26s"}]}}""", "rate_limit")]
    [InlineData("google", 429, """{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}""", "rate_limit")]
    [InlineData("google", 503, """{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}""", "overloaded")]
    [InlineData("google", 404, """{"error":{"code":404,"message":"models/gemini-9 is not found for API version v1beta, or is not supported for generateContent.","status":"NOT_FOUND"}}""", "model_not_found")]
    [InlineData("google", 500, """{"error":{"code":500,"message":"An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting","status":"INTERNAL"}}""", "timeout")]
    [InlineData("google", 400, """{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}""", null)]
    // OpenRouter
    [InlineData("openrouter", 402, """{"error":{"message":"Insufficient credits. Add more using https://openrouter.ai/settings/credits","code":402}}""", "billing")]
    [InlineData("openrouter", 402, """{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 800.","code":402}}""", "billing")]
    [InlineData("openrouter", 403, """{"error":{"message":"Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys","code":403}}""", "billing")]
    [InlineData("openrouter", 429, """{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day","code":429}}""", "rate_limit")]
    [InlineData("openrouter", 404, """{"error":{"message":"No endpoints found for foo/bar:free.","code":404}}""", "model_not_found")]
    // xAI, Groq, Mistral
    [InlineData("xai", 400, """{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***ey. You can obtain an API key from https://console.x.ai."}""", "auth")]
    [InlineData("xai", 429, """{"code":"Some resource has been exhausted","error":"Your team has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit."}""", "billing")]
    [InlineData("groq", 429, """{"error":{"message":"Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s.","type":"tokens","code":"rate_limit_exceeded"}}""", "rate_limit")]
    [InlineData("groq", 413, """{"error":{"message":"Request too large for model `llama-3.1-8b-instant` on tokens per minute (TPM): Limit 6000, Requested 6294, please reduce your message size and try again.","type":"tokens","code":"rate_limit_exceeded"}}""", "rate_limit")]
    [InlineData("groq", 401, """{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}""", "auth")]
    [InlineData("groq", 404, """{"error":{"message":"The model `mixtral-x` does not exist or you do not have access to it.","type":"invalid_request_error","code":"model_not_found"}}""", "model_not_found")]
    [InlineData("mistral", 401, """{"message":"Unauthorized","request_id":"x"}""", "auth")]
    [InlineData("mistral", 429, """{"object":"error","message":"Service tier capacity exceeded for this model.","type":"invalid_request_error","param":null,"code":null}""", "rate_limit")]
    [InlineData("mistral", 400, """{"object":"error","message":"Invalid model: mistral-x","type":"invalid_model","param":null,"code":"1500"}""", "model_not_found")]
    // DeepSeek, Moonshot, MiniMax, Qwen, Z.AI
    [InlineData("deepseek", 402, """{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}""", "billing")]
    [InlineData("deepseek", 401, """{"error":{"message":"Authentication Fails, Your api key: ****abcd is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}}""", "auth")]
    [InlineData("moonshot", 429, """{"error":{"message":"Your account org-x is suspended, please check your plan and billing details","type":"exceeded_current_quota_error"}}""", "billing")]
    [InlineData("moonshot", 429, """{"error":{"message":"Your account reached max request rate limit: 3, please try again after 1 seconds","type":"rate_limit_reached_error"}}""", "rate_limit")]
    [InlineData("moonshot", 429, """{"error":{"message":"The engine is currently overloaded, please try again later","type":"engine_overloaded_error"}}""", "rate_limit")]
    [InlineData("minimax", 429, """{"error":{"http_code":"429","message":"insufficient balance (1008)","type":"insufficient_balance_error"},"request_id":"x"}""", "billing")]
    [InlineData("qwen", 429, """{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded, please try again later.","request_id":"x"}""", "rate_limit")]
    [InlineData("qwen", 401, """{"error":{"message":"Incorrect API key provided. ","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", "auth")]
    [InlineData("zai", 429, """{"error":{"code":"1113","message":"余额不足或无可用资源包,请充值。"}}""", "billing")]
    [InlineData("zai", 429, """{"error":{"code":"1302","message":"您的账户已达到速率限制，请您控制请求频率"}}""", "rate_limit")]
    // Bedrock, GitHub Copilot, Ollama
    [InlineData("amazon-bedrock", 400, """{"__type":"ThrottlingException","message":"Too many requests, please wait before trying again."}""", "rate_limit")]
    [InlineData("amazon-bedrock", null, "ModelNotReadyException: The model is not ready for inference.", "overloaded")]
    [InlineData("amazon-bedrock", 403, """{"message":"The security token included in the request is expired"}""", "auth")]
    [InlineData("github-copilot", 401, "unauthorized: token expired\n", "auth")]
    [InlineData("github-copilot", 429, "Sorry, you have exceeded your Copilot token usage. Please review our Terms of Service. Error Code: rate_limited", "rate_limit")]
    [InlineData("ollama", 404, """{"error":"model 'llama9' not found"}""", "model_not_found")]
    [InlineData("ollama", null, "Error: connect ECONNREFUSED 127.0.0.1:11434", "timeout")]
    public void Of_a_provider(string provider, int? status, string message, string? expected)
        => Assert.Equal(expected, Classify(new FailureSignal { Provider = provider, Status = status, Message = message })?.StoredName());

    /// <summary>A program that counted 429 files, or looked for a model of a car, took an account out of use.</summary>
    [Theory]
    [InlineData("Processed 429 files, then gave up", "rate_limit")]
    [InlineData("warning: 401 lines skipped", "auth")]
    [InlineData("row 403 is broken", "auth")]
    [InlineData("The model 'Person' does not exist in the schema", "model_not_found")]
    [InlineData("loading model: car\nwheel.obj not found", "model_not_found")]
    [InlineData("404 links were not found", "model_not_found")]
    [InlineData("402 rows copied", "billing")]
    [InlineData("503 tests passed, 1 failed", "timeout")]
    [InlineData("529 of 600", "overloaded")]
    public void Of_a_number_in_a_program_s_own_words_nothing(string words, string ofProvider)
    {
        Assert.Null(Classify(new FailureSignal { Message = words, IsFreeText = true }));
        Assert.Equal(ofProvider, Classify(new FailureSignal { Message = words })?.StoredName());
    }

    [Theory]
    [InlineData("curl: (22) The requested URL returned error: 429", "rate_limit")]
    [InlineData("HTTP 429", "rate_limit")]
    [InlineData("< HTTP/2 429", "rate_limit")]
    [InlineData("Request failed with status code 429", "rate_limit")]
    [InlineData("openai.RateLimitError: Error code: 429 - {'error': {'message': 'x'}}", "rate_limit")]
    [InlineData("HTTP error! status: 401", "auth")]
    [InlineData("api error (403): no", "auth")]
    [InlineData("Error code: 404 - The model `gpt-9` does not exist", "model_not_found")]
    [InlineData("Error code: 404 - {'error': {'code': 'model_not_found'}}", "model_not_found")]
    [InlineData("error: 503 from upstream", "timeout")]
    [InlineData("rate limit reached", "rate_limit")]
    [InlineData("401 Unauthorized", "auth")]
    [InlineData("[error] {\"error\":{\"type\":\"overloaded_error\"}}", "overloaded")]
    public void Of_a_status_in_a_program_s_own_words_what_it_means(string words, string expected)
        => Assert.Equal(expected, Classify(new FailureSignal { Message = words, IsFreeText = true })?.StoredName());

    [Theory]
    [InlineData("""[2026-01-02 03:04:05] call failed: {"error":{"code":"RESOURCE_EXHAUSTED"}}""", "rate_limit")]
    [InlineData("""{not json} then {"error":{"type":"overloaded_error","message":"x"}}""", "overloaded")]
    [InlineData("""[429] {"id":"r-1"} {"error":{"code":"THROTTLED"}} behind it {""", "rate_limit")]
    [InlineData("""{"request":{"status":529}} and no more""", null)]
    public void Of_JSON_wherever_it_begins(string words, string? expected)
        => Assert.Equal(expected, Classify(new FailureSignal { Message = words, IsFreeText = true })?.StoredName());

    [Fact]
    public void A_picture_that_is_too_large_is_too_large_for_every_account()
    {
        Assert.Null(Classify(new FailureSignal { Message = "messages.0.content.1: image exceeds 5 MB maximum" }));
        Assert.Null(Classify(new FailureSignal { Message = "image dimensions exceed max allowed size for many-image requests: 2000 pixels" }));
    }

    [Theory]
    [InlineData(401, "Unauthorized", "auth")]
    [InlineData(413, "too large", null)]
    [InlineData(502, "<html><body>502 Bad Gateway</body></html>", "timeout")]
    [InlineData(521, "<!DOCTYPE html><html><title>Web server is down</title></html>", "timeout")]
    [InlineData(410, "conversation not found", "session_expired")]
    [InlineData(404, "No such session", "session_expired")]
    [InlineData(404, "Your credit balance is too low", "billing")]
    [InlineData(400, null, null)]
    [InlineData(400, "What is this?", "format")]
    [InlineData(400, "usage limit reached", "rate_limit")]
    [InlineData(200, null, null)]
    public void Of_a_status(int status, string? message, string? expected)
        => Assert.Equal(expected, Classify(new FailureSignal { Status = status, Message = message })?.StoredName());

    [Fact]
    public void Of_an_exception_with_what_is_behind_it()
    {
        Assert.Equal(FailureReason.Auth, Of(new HttpRequestException(null, null, HttpStatusCode.Unauthorized)));
        Assert.Equal(FailureReason.Timeout, Of(new HttpRequestException("An error occurred while sending the request.", new SocketException((int)SocketError.ConnectionRefused))));
        Assert.Equal(FailureReason.Timeout, Of(new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout of 1 seconds elapsing.", new TimeoutException())));
        Assert.Equal(FailureReason.TlsCertificate, Of(new HttpRequestException("The SSL connection could not be established, see inner exception.", new AuthenticationException("The remote certificate is invalid"))));
        Assert.Equal(FailureReason.RateLimit, Of(new InvalidOperationException("call failed", new HttpRequestException("429", null, HttpStatusCode.TooManyRequests))));
        Assert.Null(Of(new OperationCanceledException()));
        Assert.Null(Of(new AggregateException(new TaskCanceledException())));
        Assert.Null(Of(new FileNotFoundException("Could not find file 'x'.")));
        Assert.Null(Of(new HttpRequestException("Response status code does not indicate success: 400 (Bad Request).", null, HttpStatusCode.BadRequest)));

        static FailureReason? Of(Exception exception) => Classify(FailureSignal.FromException(exception));
    }

    [Fact]
    public void Exceptions_within_one_another_come_to_an_end()
    {
        Exception exception = new HttpRequestException("429", null, HttpStatusCode.TooManyRequests);
        for (int i = 0; i < 100; i++) exception = new InvalidOperationException("wrapped", exception);
        Assert.Null(Classify(FailureSignal.FromException(exception)));
    }

    [Fact]
    public void Of_an_answer_with_its_headers()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.TryAddWithoutValidation("Retry-After", "7");
        ClassifiedFailure failure = FailureClassifier.Classify(FailureSignal.FromResponse(response, "slow down"), DateTimeOffset.UnixEpoch.AddDays(1));
        Assert.Equal((FailureReason.RateLimit, DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(7).ToUnixTimeMilliseconds()), (failure.Reason!.Value, failure.Reset!.Until));
    }

    [Fact]
    public void Hostile_text_costs_no_more_than_its_length()
    {
        string[] texts =
        [
            new string('a', 2_000_000), string.Concat(Enumerable.Repeat("model: ", 300_000)), string.Concat(Enumerable.Repeat("api key could not validate failed to parse ", 50_000)),
            new string('{', 1_000_000), string.Concat(Enumerable.Repeat("{\"a\":[1],", 20_000)), string.Concat(Enumerable.Repeat("[1] ", 60_000)), $"{{\"error\":{new string('[', 60_000)}", string.Concat(Enumerable.Repeat("{\"message\":\"", 10_000)), "429 " + new string('1', 500_000), new string(' ', 1_000_000) + "x",
        ];
        long start = Stopwatch.GetTimestamp();
        foreach (string text in texts) Classify(new FailureSignal { Message = text, Status = 400 });
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Names_are_read_as_people_write_them()
    {
        Assert.All(Enum.GetValues<FailureReason>(), reason => Assert.Equal(reason, FailureReasons.Parse(reason.StoredName())));
        Assert.Equal(FailureReason.RateLimit, FailureReasons.Parse(" Rate-Limit "));
        Assert.Equal(FailureReason.AuthPermanent, FailureReasons.Parse("AuthPermanent"));
        Assert.Null(FailureReasons.Parse("quota_of_the_future"));
        Assert.Equal(Enum.GetValues<FailureReason>().Length, FailureReasons.Names.Distinct().Count());
    }

    private static FailureReason? Classify(FailureSignal signal) => FailureClassifier.Classify(signal, DateTimeOffset.UnixEpoch.AddYears(50)).Reason;
}
