namespace KrabAuth.Diagnostics;

/// <summary>What somebody has to do: the checks that did not pass, each with the command that mends it.</summary>
internal sealed class ReportTasks(ReportContent content, HtmlText page)
{
    public void Write()
    {
        page.Raw("<section aria-labelledby=\"attention\">\n<h2 id=\"attention\">What to do</h2>\n");
        if (content.Attention.Count == 0) page.Raw("<p>Nothing: all checks passed.</p>\n");
        else page.Raw("<ul class=\"tasks\">\n");
        foreach (AuthCheck check in content.Attention)
        {
            string words = check.Result == AuthCheckResult.Failed ? "now" : "soon";
            page.Raw($"<li>\n<p><strong>").Text(check.Target).Raw($"</strong> <span class=\"{(words == "now" ? "bad" : "warn")}\">").Text($"{words}: {Why(check)}").Raw("</span></p>\n");
            if (check.Remedy is { } remedy) page.Raw("<p>").Code(content.Spell(remedy)).Raw("</p>\n");
            page.Raw("</li>\n");
        }
        page.Raw(content.Attention.Count == 0 ? "</section>\n" : "</ul>\n</section>\n");
    }

    private static string Why(AuthCheck check)
    {
        string status = check.Status.ToString().ToLowerInvariant();
        string left = check.Status == Profiles.AuthStatus.Expiring ? $" in\u00a0{check.ExpiresInText}" : string.Empty;
        return check.Reason == status ? status + left : $"{status}{left} ({check.Reason})";
    }
}
