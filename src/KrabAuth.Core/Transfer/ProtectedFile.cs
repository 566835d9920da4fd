using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>
/// Profiles in a file that a password protects: AES-256-GCM under a key that PBKDF2 with HMAC-SHA-512 (RFC 8018 §5.2) makes of the
/// password. The first line is JSON and says how; it is authenticated with the content, byte for byte. The second is the encrypted content
/// with its tag in Base64. A changed byte anywhere, or another password, and nothing comes out.
/// </summary>
internal static class ProtectedFile
{
    /// <summary>The number of rounds that a new file gets, and the smallest that is accepted: a file with fewer was made to be guessed.</summary>
    public const int Iterations = 600_000;

    /// <summary>With more, a file could keep a machine busy for minutes.</summary>
    public const int MostIterations = 10_000_000;

    /// <summary>A shorter password can be guessed whatever the key derivation costs.</summary>
    public const int ShortestPassword = 8;

    private const string Format = "krabauth-profiles";
    private const string Kdf = "PBKDF2-HMAC-SHA512";
    private const string Cipher = "AES-256-GCM";
    private const int Version = 1;
    private const int KeySize = 32;
    private const int SaltSize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>Whether a content begins as such a file does.</summary>
    public static bool IsOne(ReadOnlySpan<byte> content) => content.StartsWith("{\"format\":\"krabauth-profiles\""u8);

    /// <summary>Encrypts.</summary>
    /// <exception cref="KrabAuthException"><c>ExportPasswordWeak</c>.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> content, Secret password, int iterations = Iterations)
    {
        if (password.Reveal().Length < ShortestPassword) throw AuthErrors.ExportPasswordWeak();
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
        byte[] header = Header(iterations, salt, nonce);
        byte[] sealedContent = new byte[content.Length + TagSize];
        byte[] key = Key(password, salt, iterations);
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Encrypt(nonce, content, sealedContent.AsSpan(0, content.Length), sealedContent.AsSpan(content.Length), header);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
        return [.. header, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(sealedContent)), (byte)'\n'];
    }

    /// <summary>Decrypts. The caller clears the result.</summary>
    /// <exception cref="KrabAuthException"><c>ExportUnreadable</c>, <c>ExportUnsupported</c>.</exception>
    public static byte[] Open(byte[] file, Secret password, string path, int fewestIterations = Iterations)
    {
        int end = file.AsSpan().IndexOf((byte)'\n') + 1;
        if (!IsOne(file) || end == 0) throw AuthErrors.ExportUnreadable(path);
        byte[] header = file[..end];
        Parameters parameters = ReadHeader(header, path, fewestIterations);
        byte[] sealedContent = ReadBody(file.AsSpan(end)) ?? throw AuthErrors.ExportUnreadable(path);
        byte[] content = new byte[sealedContent.Length - TagSize];
        byte[] key = Key(password, parameters.Salt, parameters.Iterations);
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(parameters.Nonce, sealedContent.AsSpan(0, content.Length), sealedContent.AsSpan(content.Length), content, header);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw AuthErrors.ExportUnreadable(path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private sealed record Parameters(int Iterations, byte[] Salt, byte[] Nonce);

    private static byte[] Header(int iterations, byte[] salt, byte[] nonce)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("kdf", Kdf);
            writer.WriteNumber("iterations", iterations);
            writer.WriteBase64String("salt", salt);
            writer.WriteString("cipher", Cipher);
            writer.WriteBase64String("nonce", nonce);
            writer.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static Parameters ReadHeader(byte[] header, string path, int fewestIterations)
    {
        if (StrictJson.Check(header).Json is not { } json) throw AuthErrors.ExportUnreadable(path);
        using JsonDocument document = json.ToDocument();
        JsonElement? root = document.RootElement;
        if (root.Number("version") is not Version) throw AuthErrors.ExportUnsupported(path, "it is of another version, which a later KrabAuth may read");
        if (root.Text("kdf") != Kdf || root.Text("cipher") != Cipher) throw AuthErrors.ExportUnsupported(path, "it names other methods than this version has");
        if (root.Number("iterations") is not { } iterations || iterations < fewestIterations || iterations > MostIterations)
        {
            throw AuthErrors.ExportUnsupported(path, $"its password was to be tried with fewer than {fewestIterations} or more than {MostIterations} rounds, as no KrabAuth writes it");
        }
        return root.Member("salt")?.ValueKind == JsonValueKind.String && root.Member("salt")!.Value.TryGetBytesFromBase64(out byte[]? salt) && salt.Length == SaltSize
            && root.Member("nonce")?.ValueKind == JsonValueKind.String && root.Member("nonce")!.Value.TryGetBytesFromBase64(out byte[]? nonce) && nonce.Length == NonceSize
            ? new Parameters((int)iterations, salt, nonce)
            : throw AuthErrors.ExportUnreadable(path);
    }

    /// <summary>Base64 as it is written, to the letter: no white space, no other spelling of the same bytes, one line feed at the end.</summary>
    private static byte[]? ReadBody(ReadOnlySpan<byte> body)
    {
        if (body.Length == 0 || body[^1] != '\n' || !Base64.IsValid(body[..^1], out int length) || length < TagSize) return null;
        byte[] content = new byte[length];
        _ = Base64.DecodeFromUtf8(body[..^1], content, out _, out _);
        return body[..^1].SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToBase64String(content))) ? content : null;
    }

    private static byte[] Key(Secret password, byte[] salt, int iterations)
    {
        byte[] text = Encoding.UTF8.GetBytes(password.Reveal());
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(text, salt, iterations, HashAlgorithmName.SHA512, KeySize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }
}
