using System.Globalization;
using KrabAuth.Diagnostics.Doctor;
using KrabAuth.Profiles;

namespace KrabAuth.Diagnostics;

/// <summary>The tables: profiles by provider, quotas, and what the doctor found.</summary>
internal sealed class ReportTables(ReportContent content, HtmlText page)
{
    private static readonly Remedy Mend = new("Repair-KrabAuth", "krabauth doctor --fix");

    public void Write()
    {
        Profiles();
        Quotas();
        Doctor();
    }

    /// <summary>The class of a tone.</summary>
    public static string Class(LiveTone tone) => tone switch
    {
        LiveTone.Bad => "bad",
        LiveTone.Warn => "warn",
        LiveTone.Good => "good",
        _ => "soft",
    };

    private void Profiles()
    {
        page.Raw("<section aria-labelledby=\"profiles\">\n<h2 id=\"profiles\">Profiles</h2>\n");
        if (content.Rows.Count == 0)
        {
            page.Raw("<p>No profile is signed in.</p>\n</section>\n");
            return;
        }
        Begin("Every profile, by provider, and the providers that are used and have none.", "Profile", "Kind", "Status", "Ends", "Waits", "Last used");
        foreach (IGrouping<string, AccountRow> provider in content.Rows.GroupBy(row => row.Provider).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            page.Raw("<tbody role=\"rowgroup\">\n<tr class=\"group\" role=\"row\"><th class=\"group\" scope=\"rowgroup\" role=\"rowheader\" colspan=\"6\">").Text(provider.Key).Raw("</th></tr>\n");
            foreach (AccountRow row in provider) Profile(row);
            page.Raw("</tbody>\n");
        }
        page.Raw("</table>\n</section>\n");
    }

    private void Profile(AccountRow row)
    {
        page.Raw("<tr role=\"row\">");
        RowHead(row.Profile is null ? "no profile" : row.Label);
        Cell("Kind", row.Profile?.Type switch { CredentialType.ApiKey => "API key", CredentialType.Token => "token", CredentialType.OAuth => "OAuth", _ => string.Empty });
        Cell("Status", row.StatusText, Class(row.Tone));
        if (row.HasEnd) Moment("Ends", row.Expires);
        else Cell("Ends", row.Profile is null ? string.Empty : row.Expires == DateTimeOffset.MaxValue ? "never" : "unknown");
        if (row.WaitsUntil is { } until && until < DateTimeOffset.MaxValue) Moment("Waits", until, $"{row.WaitReason} until ");
        else Cell("Waits", row.IsHeldOut ? "disabled by the user" : row.WaitsUntil is not null ? row.WaitReason : row.IsExcluded ? "not in the order" : string.Empty);
        if (row.Profile?.LastUsed is { } used) Moment("Last used", used);
        else Cell("Last used", string.Empty);
        page.Raw("</tr>\n");
    }

    private void Quotas()
    {
        page.Raw("<section aria-labelledby=\"quotas\">\n<h2 id=\"quotas\">Quotas</h2>\n");
        if (content.Quotas is null) page.Raw("<p>The providers were not asked: that is a network call, and made on request alone.</p>\n");
        else if (content.Quotas.Count == 0) page.Raw("<p>There is no credential to ask with.</p>\n");
        else
        {
            Begin("What the providers say is used, and when it starts anew.", "Account", "Window", "Used", "Share", "Resets");
            page.Raw("<tbody role=\"rowgroup\">\n");
            foreach (QuotaWindow quota in content.Quotas) Quota(quota);
            page.Raw("</tbody>\n</table>\n");
        }
        page.Raw("</section>\n");
    }

    private void Quota(QuotaWindow quota)
    {
        page.Raw("<tr role=\"row\">");
        RowHead(quota.ProfileId is null ? $"{quota.Provider} ({quota.Label})" : quota.Label);
        Cell("Window", quota.Window);
        Cell("Used", quota.IsKnown ? quota.UsedText : $"unknown: {quota.Reason}", quota.IsKnown ? string.Empty : "soft");
        if (quota.UsedPercent is { } percent)
        {
            double share = Math.Clamp(percent, 0, 100);
            page.Raw($"<td role=\"cell\"><svg class=\"quota\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{HtmlText.Escape(QuotaText.Percent(percent))} used\">")
                .Raw($"<rect class=\"track\" x=\"0\" y=\"0\" width=\"100\" height=\"10\" /><rect class=\"f-{Class(quota.Tone)}\" x=\"0\" y=\"0\" width=\"{share.ToString("0.#", CultureInfo.InvariantCulture)}\" height=\"10\" /></svg></td>");
        }
        else
        {
            Cell("Share", string.Empty);
        }
        if (quota.ResetsAt is { } at) Moment("Resets", at);
        else Cell("Resets", string.Empty);
        page.Raw("</tr>\n");
    }

    private void Doctor()
    {
        page.Raw("<section aria-labelledby=\"doctor\">\n<h2 id=\"doctor\">Doctor</h2>\n");
        if (content.Findings.Count == 0)
        {
            page.Raw("<p>The doctor found nothing wrong with files, locks, configuration and accounts.</p>\n</section>\n");
            return;
        }
        page.Raw("<ul class=\"tasks\">\n");
        foreach (DoctorFinding finding in content.SortedFindings)
        {
            string tone = finding.Severity switch { DoctorSeverity.Error => "bad", DoctorSeverity.Warning => "warn", _ => "soft" };
            page.Raw($"<li>\n<p><strong class=\"{tone}\">").Text($"{finding.Severity}: {finding.Id}").Raw("</strong> ").Text(finding.Subject).Raw("</p>\n<p>").Text(finding.Message).Raw("</p>\n");
            if (finding.CanFix) page.Raw("<p>").Text(content.Spell(finding.Remedy)).Raw(" ").Code(content.Spell(Mend)).Raw(" does it.</p>\n");
            else if (finding.Remedy.PowerShell.Length > 0) page.Raw("<p>Next: ").Code(content.Spell(finding.Remedy)).Raw("</p>\n");
            page.Raw("</li>\n");
        }
        page.Raw("</ul>\n</section>\n");
    }

    /// <summary>Roles are said although the elements have them: a narrow screen shows the cells one below the other, and browsers then forget them.</summary>
    private void Begin(string caption, params ReadOnlySpan<string> heads)
    {
        page.Raw("<table role=\"table\">\n").Element("caption", caption).Raw("<thead role=\"rowgroup\"><tr role=\"row\">");
        foreach (string head in heads) page.Raw($"<th scope=\"col\" role=\"columnheader\">{head}</th>");
        page.Raw("</tr></thead>\n");
    }

    private void RowHead(string text) => page.Raw("<th scope=\"row\" role=\"rowheader\">").Text(text).Raw("</th>");

    private void Cell(string label, string text, string tone = "")
        => page.Raw($"<td role=\"cell\" data-label=\"{label}\" class=\"{(text.Length == 0 ? "none" : tone)}\">").Text(text).Raw("</td>");

    private void Moment(string label, DateTimeOffset moment, string before = "")
        => page.Raw($"<td role=\"cell\" data-label=\"{label}\">").Text(before).Moment(moment, content.MadeAt).Raw("</td>");
}
