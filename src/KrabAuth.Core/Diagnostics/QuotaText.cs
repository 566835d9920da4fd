using System.Globalization;

namespace KrabAuth.Diagnostics;

/// <summary>Shares and amounts for people.</summary>
internal static class QuotaText
{
    public static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(percent):0}%");

    /// <summary>Whole numbers as they are, others as money.</summary>
    public static string Amount(double amount) => amount.ToString(amount == Math.Floor(amount) ? "0" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>A bar that is empty at 0 and full at 100 alone: the last bit that is left, or used, shows.</summary>
    public static string Bar(double percent, int width, bool isAscii)
    {
        int full = percent <= 0 ? 0 : percent >= 100 ? width : Math.Clamp((int)Math.Round(percent * width / 100), 1, width - 1);
        (char used, char left) = isAscii ? ('#', '-') : ('█', '░');
        return new string(used, full) + new string(left, width - full);
    }
}
