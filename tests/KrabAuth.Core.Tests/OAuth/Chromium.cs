using System.Diagnostics;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>A real browser without a window; a test that needs one is skipped where there is none.</summary>
internal static class Chromium
{
    /// <summary>Where another one is than the system's.</summary>
    private const string Variable = "KRABAUTH_TEST_CHROMIUM";

    /// <summary>Where a person who looks at the pages wants their pictures; they are not taken without it.</summary>
    private const string PicturesVariable = "KRABAUTH_TEST_PICTURES";

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where the pictures go; the test is skipped if nobody wants any.</summary>
    public static string PicturesDirectory()
    {
        string? directory = Environment.GetEnvironmentVariable(PicturesVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(directory), $"Nobody looks: {PicturesVariable} is not set.");
        return Directory.CreateDirectory(directory!).FullName;
    }

    /// <summary>Opens an address, and gives what the browser writes.</summary>
    public static async Task<string> BrowseAsync(string address, params string[] options)
    {
        string? program = Environment.GetEnvironmentVariable(Variable) ?? Places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"There is no Chromium in {string.Join(", ", Places)} or {Variable}.");
        string profile = Directory.CreateTempSubdirectory("krabauth-test-chromium-").FullName;
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(
                program!,
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", $"--user-data-dir={profile}", .. options, address,
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.BeginErrorReadLine();
            string output = await process.StandardOutput.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation);
            return output;
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}
