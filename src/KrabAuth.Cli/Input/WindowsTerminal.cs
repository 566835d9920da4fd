namespace KrabAuth.Cli.Input;

/// <summary>The console of Windows, which shows no key that is read one by one.</summary>
internal sealed class WindowsTerminal : Terminal
{
    public override IDisposable Hide() => new ControlCAsKey();

    public override char? ReadKey() => Console.ReadKey(intercept: true).KeyChar;

    public override bool HasMore() => Console.KeyAvailable || SpinWait.SpinUntil(static () => Console.KeyAvailable, PasteGap);

    private sealed class ControlCAsKey : IDisposable
    {
        private readonly bool _before = Console.TreatControlCAsInput;

        public ControlCAsKey() => Console.TreatControlCAsInput = true;

        public void Dispose() => Console.TreatControlCAsInput = _before;
    }
}
