using System.Text;
using KrabAuth.Agents;
using KrabAuth.Cli.Host;
using KrabAuth.Profiles;

namespace KrabAuth.Cli.Rendering;

/// <summary>Chat channels and profiles, in the form of the gateways.</summary>
internal static class ChannelList
{
    public static void WriteJson(CliContext cli, AuthAgent agent) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("chat");
        foreach (ChatChannel channel in agent.Workspace.Config.Channels) writer.WriteTexts(channel.Id, channel.Accounts);
        writer.WriteEndObject();
        writer.WriteStartArray("auth");
        foreach (AuthProfile profile in agent.Profiles.List())
        {
            writer.WriteStartObject();
            writer.WriteString("id", profile.ProfileId);
            writer.WriteString("provider", profile.Provider);
            writer.WriteString("type", profile.Type.StoredName());
            writer.WriteBoolean("isExternal", ProfileId.IsExternal(profile.ProfileId));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static void WriteText(CliContext cli, AuthAgent agent)
    {
        var text = new StringBuilder("Chat channels:\n");
        foreach (ChatChannel channel in agent.Workspace.Config.Channels)
        {
            foreach (string account in channel.Accounts) text.Append($"- {channel.Id} {account}\n");
        }
        text.Append("\nAuth providers (OAuth + API keys):\n");
        IReadOnlyList<AuthProfile> profiles = agent.Profiles.List();
        if (profiles.Count == 0) text.Append("- none\n");
        foreach (AuthProfile profile in profiles) text.Append($"- {profile.ProfileId} ({profile.Type.StoredName()}{(ProfileId.IsExternal(profile.ProfileId) ? " (synced)" : string.Empty)})\n");
        cli.Write(text.ToString());
    }
}
