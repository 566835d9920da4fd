using System.Text;
using KrabAuth.Cli.Host;
using KrabAuth.Secrets;

namespace KrabAuth.Cli.Input;

/// <summary>Where a secret comes from: a person at the terminal, or standard input. Never an argument.</summary>
internal static class SecretSource
{
    /// <summary>Far above any token; a file that was redirected by mistake is not swallowed whole.</summary>
    private const int Largest = 1024 * 1024;

    public static string Read(CliContext cli, string prompt)
        => cli.CanAsk
            ? Terminal.Open().ReadLine(cli, prompt + ": ", isSecret: true) ?? throw new PromptCancelledException()
            : ReadAll(cli);

    /// <summary>A password. At the terminal one for a new file is asked for twice.</summary>
    public static Secret ReadPassword(CliContext cli, bool isNew)
    {
        if (!cli.CanAsk) return Secret.Of(ReadAll(cli).TrimEnd('\r', '\n'));
        while (true)
        {
            string password = Read(cli, isNew ? "Password for the file" : "Password of the file");
            if (!isNew || Read(cli, "The same again") == password) return Secret.Of(password);
            cli.WriteError("These are two different passwords. Try again.");
        }
    }

    private static string ReadAll(CliContext cli)
    {
        using Stream input = cli.OpenInput();
        using var content = new MemoryStream();
        byte[] block = new byte[4096];
        for (int read; (read = input.Read(block)) > 0;)
        {
            content.Write(block, 0, read);
            if (content.Length > Largest) throw new IOException("Standard input is too long to be a secret.");
        }
        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length).TrimStart('\uFEFF');
    }
}
