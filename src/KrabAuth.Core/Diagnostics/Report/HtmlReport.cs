using System.Globalization;
using System.Reflection;
using KrabAuth.Diagnostics.Doctor;

namespace KrabAuth.Diagnostics;

/// <summary>
/// The report as one page that needs nothing beside it: no network, no script. It says the same to who looks at it, who hears it read
/// and who has it on paper.
/// </summary>
internal sealed class HtmlReport(ReportContent content)
{
    private readonly HtmlText _page = new();

    /// <summary>The page.</summary>
    public string Write()
    {
        Head();
        Summary();
        new ReportTasks(content, _page).Write();
        new ReportTimeline(content, _page).Write();
        new ReportTables(content, _page).Write();
        _page.Raw("</main>\n<footer>\n<p>").Text($"Made by KrabAuth {Version} on {HtmlText.Exact(content.MadeAt)}. All times are UTC. No secret is in this page.").Raw("</p>\n</footer>\n</body>\n</html>\n");
        return _page.ToString();
    }

    private static string Version => typeof(HtmlReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private void Head()
    {
        StatusReport status = content.Status;
        _page.Raw("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\" />\n")
            .Raw($"<meta http-equiv=\"Content-Security-Policy\" content=\"{HtmlText.Escape(ReportStyle.Policy)}\" />\n")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n<meta name=\"color-scheme\" content=\"light dark\" />\n<meta name=\"referrer\" content=\"no-referrer\" />\n")
            .Element("title", $"KrabAuth report: {status.Product}, {status.Agent}")
            .Raw($"<style>{ReportStyle.Css}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the report</a>\n<header>\n")
            .Element("h1", $"Accounts of {status.Product}, agent {status.Agent}")
            .Raw("<dl class=\"facts\">\n");
        Fact("Made", HtmlText.Exact(content.MadeAt));
        Fact("State directory", status.StateDirectory);
        Fact("Store", status.StorePath);
        Fact("Default model", status.ResolvedDefault);
        Fact("Version", $"KrabAuth {Version}");
        _page.Raw("</dl>\n<nav aria-label=\"Parts of the report\">\n<ul>\n");
        foreach ((string id, string name) in new[] { ("attention", "What to do"), ("timeline", "Timeline"), ("profiles", "Profiles"), ("quotas", "Quotas"), ("doctor", "Doctor") })
        {
            _page.Raw($"<li><a href=\"#{id}\">{name}</a></li>\n");
        }
        _page.Raw("</ul>\n</nav>\n</header>\n<main id=\"main\">\n");
    }

    private void Fact(string name, string value) => _page.Element("dt", name).Element("dd", value);

    private void Summary()
    {
        int now = Count(AuthCheckResult.Failed), soon = Count(AuthCheckResult.Warning), waiting = content.Rows.Count(row => row.WaitsUntil is not null);
        int findings = content.Findings.Count(finding => finding.Severity != DoctorSeverity.Info);
        _page.Raw("<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n");
        string lead = now > 0 ? "Something needs attention now." : soon > 0 ? "Something needs attention soon." : findings > 0 ? "The accounts are well; the files need attention." : "All is well.";
        _page.Element($"p class=\"lead {(now > 0 ? "bad" : soon + findings > 0 ? "warn" : "good")}\"", lead).Raw("<ul class=\"sum\">\n");
        Number(content.Status.Profiles.Count, "profile", "profiles", string.Empty);
        Number(now, "needs attention now", "need attention now", now > 0 ? "bad" : string.Empty);
        Number(soon, "needs it soon", "need it soon", soon > 0 ? "warn" : string.Empty);
        Number(waiting, "waits", "wait", string.Empty);
        Number(findings, "finding of doctor", "findings of doctor", findings > 0 ? "warn" : string.Empty);
        _page.Raw("</ul>\n</section>\n");
    }

    private int Count(AuthCheckResult result) => content.Attention.Count(check => check.Result == result);

    private void Number(int number, string one, string many, string tone)
        => _page.Raw($"<li><b class=\"{tone}\">{number.ToString(CultureInfo.InvariantCulture)}</b> {(number == 1 ? one : many)}</li>\n");
}
