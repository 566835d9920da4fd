namespace KrabAuth.Diagnostics;

/// <content>Errors about agents.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException AgentNotFound(string id, IEnumerable<string> known) => new(
        "AgentNotFound",
        AuthErrorKind.NotFound,
        $"There is no agent \"{id}\". Known agents: {string.Join(", ", known)}.",
        new($"Use one of the known agents, or make it: New-KrabAgent {id}", $"Use one of the known agents, or make it: krabauth agents add {id}"),
        id);

    public static KrabAuthException AgentExists(string id) => new(
        "AgentExists",
        AuthErrorKind.AlreadyExists,
        $"Agent \"{id}\" already exists.",
        new("Choose another name. Those that are there: Get-KrabAgent", "Choose another name. Those that are there: krabauth agents list"),
        id);

    public static KrabAuthException AgentReserved(string id) => new(
        "AgentReserved",
        AuthErrorKind.InvalidInput,
        $"\"{id}\" is reserved. Choose another name.",
        new("Get-KrabAgent", "krabauth agents list"),
        id);

    public static KrabAuthException AgentProtected(string id) => new(
        "AgentProtected",
        AuthErrorKind.InvalidInput,
        $"\"{id}\" cannot be deleted.",
        new($"To remove its accounts: Get-KrabAuthProfile -Agent {id} | Remove-KrabAuthProfile", $"To remove its accounts: krabauth models auth logout <profile-id> --agent {id}"),
        id);

    public static KrabAuthException AgentPathTaken(string path, string holder) => new(
        "AgentPathTaken",
        AuthErrorKind.AlreadyExists,
        $"{path} is taken already: {holder}.",
        Remedy.Same("Give another directory, or move away what is there."),
        path);

    public static KrabAuthException AgentNotInTrash(string id, string trash, IEnumerable<string> present) => new(
        "AgentNotInTrash",
        AuthErrorKind.NotFound,
        $"There is no agent \"{id}\" in {trash}. What is there: {(string.Join(", ", present) is { Length: > 0 } list ? list : "nothing")}.",
        new($"Make a new one: New-KrabAgent {id}", $"Make a new one: krabauth agents add {id}"),
        id);
}
