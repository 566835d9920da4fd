using System.Text;
using FsCheck.Fluent;
using KrabAuth.Diagnostics;
using KrabAuth.Secrets;
using KrabAuth.Transfer;
using Property = KrabAuth.Core.Tests.Properties.Property;

namespace KrabAuth.Core.Tests.Transfer;

public sealed class ProtectedFileTests
{
    private const int Few = 2;
    private static readonly Secret Password = Secret.Of("a long password")!;
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("""{"profiles":{"openai:a":{"key":"CANARY-0123456789"}}}""");
    private static readonly byte[] File = ProtectedFile.Seal(Content, Password, Few);

    private static byte[] Open(byte[] file, string password = "a long password", int fewest = Few) => ProtectedFile.Open(file, Secret.Of(password)!, "x.krab", fewest);

    private static string ErrorOf(byte[] file, string password = "a long password", int fewest = Few)
    {
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => Open(file, password, fewest));
        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
        return error.ErrorId;
    }

    [Fact]
    public void Any_content_comes_back_as_it_was() => Property.Holds(
        ArbMap.Default.ArbFor<byte[]>().Filter(content => content is not null),
        content => Assert.Equal(content, Open(ProtectedFile.Seal(content, Password, Few))));

    [Fact]
    public void A_changed_byte_anywhere_lets_nothing_out() => Property.Holds(
        (from at in Gen.Choose(0, File.Length - 1) from other in Gen.Choose(1, 255) select (at, other)).ToArbitrary(),
        change =>
        {
            byte[] damaged = [.. File];
            damaged[change.at] ^= (byte)change.other;
            Assert.StartsWith("ExportUn", ErrorOf(damaged), StringComparison.Ordinal);
        });

    [Fact]
    public void Every_single_byte_counts()
    {
        for (int at = 0; at < File.Length; at++)
        {
            byte[] damaged = [.. File];
            damaged[at] ^= 1;
            ErrorOf(damaged);
        }
    }

    [Fact]
    public void A_file_that_was_cut_or_grew_lets_nothing_out() => Property.Holds(
        Gen.Choose(0, File.Length - 1).ToArbitrary(),
        length =>
        {
            ErrorOf(File[..length]);
            ErrorOf([.. File, .. File[..(length + 1)]]);
        });

    [Fact]
    public void Another_password_and_a_changed_file_read_the_same()
    {
        byte[] damaged = [.. File];
        damaged[^5] = damaged[^5] == 'A' ? (byte)'B' : (byte)'A';
        Assert.Equal("ExportUnreadable", ErrorOf(damaged));
        Assert.Equal("ExportUnreadable", ErrorOf(File, "another password"));
        Assert.Equal("ExportUnreadable", ErrorOf(File, "A long password"));
    }

    [Theory]
    [InlineData("\"iterations\":2,", "\"iterations\":1,")]
    [InlineData("\"iterations\":2,", "\"iterations\":0,")]
    [InlineData("\"iterations\":2,", "\"iterations\":-2,")]
    [InlineData("\"iterations\":2,", "\"iterations\":\"2\",")]
    [InlineData("\"iterations\":2,", "\"iterations\":10000001,")]
    [InlineData("\"iterations\":2,", "\"iterations\":99999999999999999999,")]
    [InlineData("\"version\":1", "\"version\":2")]
    [InlineData("HMAC-SHA512", "HMAC-SHA1")]
    [InlineData("AES-256-GCM", "AES-256-ECB")]
    public void What_the_header_must_not_ask_for_is_refused_before_it_is_tried(string from, string to)
    {
        string text = Encoding.ASCII.GetString(File);
        Assert.Contains(from, text, StringComparison.Ordinal);
        Assert.Equal("ExportUnsupported", ErrorOf(Encoding.ASCII.GetBytes(text.Replace(from, to, StringComparison.Ordinal))));
    }

    [Fact]
    public void A_file_of_few_rounds_is_refused_outside_of_tests()
    {
        Assert.True(ProtectedFile.Iterations >= 600_000);
        Assert.Equal("ExportUnsupported", ErrorOf(File, fewest: ProtectedFile.Iterations));
    }

    [Fact]
    public void The_content_is_nowhere_in_the_file_and_no_two_files_are_alike()
    {
        Assert.DoesNotContain("CANARY", Encoding.ASCII.GetString(File), StringComparison.Ordinal);
        Assert.NotEqual(File, ProtectedFile.Seal(Content, Password, Few));
    }

    [Theory]
    [InlineData("")]
    [InlineData("seven77")]
    public void A_short_password_is_refused(string password)
        => Assert.Equal("ExportPasswordWeak", Assert.Throws<KrabAuthException>(() => ProtectedFile.Seal(Content, Secret.Of(password)!, Few)).ErrorId);
}
