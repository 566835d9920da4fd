using System.Security.Cryptography;
using System.Text;

namespace KrabAuth.Diagnostics;

/// <summary>How the page looks: on wide and narrow screens, light and dark, and on paper.</summary>
internal static class ReportStyle
{
    /// <summary>The only style that the page's policy lets in.</summary>
    public static readonly string Css = """
        :root{color-scheme:light dark;--back:#f6f6f4;--card:#fff;--text:#1c1c1a;--soft:#5c5b56;--line:#d9d8d4;--good:#1a7f37;--warn:#8a5a00;--bad:#b3261e;--wait:#b07a1e;--track:#e7e6e2}
        @media (prefers-color-scheme:dark){:root{--back:#1b1c1d;--card:#242628;--text:#eceae6;--soft:#aeaca5;--line:#3b3e41;--good:#4cb368;--warn:#e0b04a;--bad:#ef7b73;--wait:#c99a45;--track:#33363a}}
        *{box-sizing:border-box}
        body{font:1rem/1.5 system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;margin:0;padding:1.5rem 1rem;background:var(--back);color:var(--text)}
        header,main,footer{max-width:74rem;margin:0 auto;overflow-wrap:anywhere}
        h1{font-size:1.7rem;line-height:1.25;margin:0 0 .35rem}
        h2{font-size:1.2rem;line-height:1.3;margin:0 0 .75rem}
        p{margin:.25rem 0 .75rem}
        section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1.1rem 1.25rem;margin:1rem 0}
        a{color:inherit}
        a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--warn);outline-offset:2px}
        code{font:.9em/1.5 ui-monospace,SFMono-Regular,Consolas,monospace;background:var(--track);padding:.1em .35em;border-radius:.25rem;overflow-wrap:anywhere}
        code span{display:inline-block;max-width:100%}
        nav{margin-top:.6rem}
        nav ul,.facts,.sum,.axis,.timeline,.tasks{list-style:none;margin:0;padding:0}
        nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
        .facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;color:var(--soft);font-size:.9rem}
        .facts dd{margin:0}
        .sum{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem}
        .sum b{display:block;font-size:1.8rem;line-height:1.1;font-weight:600}
        .good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.soft{color:var(--soft)}
        .lead{font-size:1.1rem;font-weight:600}
        .tasks li{padding:.6rem 0;border-top:1px solid var(--line)}
        .tasks li:first-child{border-top:0;padding-top:0}
        .tasks p{margin:.15rem 0}
        .tasks li:last-child{padding-bottom:0}
        section>:last-child{margin-bottom:0}
        table{width:100%;border-collapse:collapse;font-size:.95rem}
        caption{text-align:left;color:var(--soft);font-size:.9rem;padding-bottom:.5rem}
        th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-top:1px solid var(--line)}
        thead th{border-top:0;color:var(--soft);font-weight:600;font-size:.85rem}
        tbody th{font-weight:500}
        tbody th[scope=row]{min-width:17rem}
        td[data-label=Kind],td[data-label=Status]{white-space:nowrap}
        td,thead th{overflow-wrap:break-word}
        time span{white-space:nowrap}
        th.group{padding-top:1rem;font-weight:700;border-top:0}
        .axis,.strip{display:grid;grid-template-columns:repeat(7,1fr)}
        .axis{color:var(--soft);font-size:.8rem;text-align:center}
        .timeline li,.axisrow{display:grid;grid-template-columns:minmax(16rem,29rem) 1fr;gap:.1rem 1.25rem;align-items:center;padding:.35rem 0}
        .timeline li{border-top:1px solid var(--line)}
        .timeline b{font-weight:500}
        svg{display:block;width:100%;height:1.1rem;overflow:visible}
        svg.quota{height:.7rem;min-width:6rem;margin-top:.4rem}
        .track{fill:var(--track)}.grid{stroke:var(--card);stroke-width:2;vector-effect:non-scaling-stroke}
        .f-good{fill:var(--good)}.f-warn{fill:var(--warn)}.f-bad{fill:var(--bad)}.f-wait{fill:var(--wait)}.f-soft{fill:var(--soft)}
        footer{color:var(--soft);font-size:.85rem;padding:.5rem 0}
        .skip{position:absolute;left:-99rem}
        .skip:focus{position:static}
        @media (max-width:44rem){
        body{padding:.75rem .5rem}
        section{padding:.9rem .9rem}
        .facts{grid-template-columns:1fr}.facts dd{margin-bottom:.35rem}
        .timeline li,.axisrow{grid-template-columns:1fr}
        }
        @media print,(max-width:68rem){
        table,tbody,tr,th,td,caption{display:block}
        tbody th[scope=row]{min-width:0}
        thead{position:absolute;left:-99rem}
        tr{border-top:1px solid var(--line);padding:.5rem 0}
        th,td{border:0;padding:.1rem 0}
        td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}
        td.none{display:none}
        tr.group{border-top:0;padding-bottom:0}th.group{padding-top:.5rem}
        }
        @media print{
        :root{font-size:10.5pt;color-scheme:light;--back:#fff;--card:#fff;--text:#000;--soft:#444;--line:#bbb;--good:#116329;--warn:#7a4f00;--bad:#a01c15;--wait:#a06c10;--track:#e4e4e4}
        body{padding:0}
        td{display:inline-block;padding-right:1.25rem}
        svg.quota{display:inline-block;width:8rem;margin:0;vertical-align:middle}
        nav,.skip{display:none}
        section{border:0;border-top:1px solid var(--line);border-radius:0;padding:.8rem 0 0;margin:.8rem 0 0}
        tr,li,h2,.axisrow{break-inside:avoid}h2,caption,.axisrow{break-after:avoid}
        svg,code{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        }

        """.ReplaceLineEndings("\n");

    /// <summary>Nothing is loaded and nothing runs, and of styles only this one is taken.</summary>
    public static readonly string Policy = $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)))}'; base-uri 'none'; form-action 'none'";
}
