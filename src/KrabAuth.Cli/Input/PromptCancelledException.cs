namespace KrabAuth.Cli.Input;

/// <summary>A person who was asked said no, or pressed Ctrl+C. Nothing went wrong.</summary>
internal sealed class PromptCancelledException : Exception;
