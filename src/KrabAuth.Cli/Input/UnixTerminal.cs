using System.Runtime.InteropServices;
using System.Text;
using KrabAuth.Cli.Host;

namespace KrabAuth.Cli.Input;

/// <summary>
/// The terminal of Linux and macOS, in raw mode for as long as a line is read. The runtime's own key reader switches the
/// terminal's echo off for each key alone, and what is pasted between two keys shows.
/// </summary>
internal sealed class UnixTerminal : Terminal
{
    private readonly byte[] _buffer = new byte[1024];
    private readonly char[] _decoded = new char[1025];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _next;
    private int _count;

    public override IDisposable Hide() => new RawMode();

    public override char? ReadKey()
    {
        while (_next == _count)
        {
            int read = Native.Read(_buffer);
            if (read <= 0) return null;
            (_next, _count) = (0, _decoder.GetChars(_buffer, 0, read, _decoded, 0));
        }
        return _decoded[_next++];
    }

    public override bool HasMore() => _next < _count || Native.HasInput((int)PasteGap.TotalMilliseconds);

    /// <summary>The terminal without echo and line editing; as it was before again at the end, however that comes.</summary>
    private sealed class RawMode : IDisposable
    {
        private readonly byte[]? _before = Native.GetMode();
        private readonly List<PosixSignalRegistration> _signals = [];

        public RawMode()
        {
            if (_before is null) throw new IOException("The terminal cannot be kept from showing what is typed. Give the secret on standard input.");
            foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
            {
                _signals.Add(PosixSignalRegistration.Create(signal, _ => Native.SetMode(_before)));
            }
            Native.SetMode(Native.Raw(_before));
        }

        public void Dispose()
        {
            Native.SetMode(_before!);
            foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        }
    }
}
