using System.Text;

namespace KrabAuth.Cli.Input;

/// <summary>What the last key meant.</summary>
internal enum LineState
{
    /// <summary>The line goes on.</summary>
    Open,

    /// <summary>Enter.</summary>
    Ended,

    /// <summary>Ctrl+C, or Ctrl+D on an empty line.</summary>
    Cancelled,
}

/// <summary>Makes a line of the keys that a person presses or pastes, where the terminal itself edits nothing.</summary>
internal sealed class LineEditor
{
    private readonly StringBuilder _text = new();
    private Escape _escape;

    private enum Escape
    {
        None,
        Started,
        Sequence,
    }

    public string Text => _text.ToString();

    public LineState Feed(char key)
    {
        if (IsInEscape(key)) return LineState.Open;
        switch (key)
        {
            case '\r' or '\n':
                return LineState.Ended;
            case '\u0003':
                return LineState.Cancelled;
            case '\u0004':
                return _text.Length == 0 ? LineState.Cancelled : LineState.Ended;
            case '\b' or '\u007f':
                if (_text.Length > 0) _text.Length--;
                break;
            case '\u0015':
                _text.Clear();
                break;
            default:
                if (!char.IsControl(key)) _text.Append(key);
                break;
        }
        return LineState.Open;
    }

    /// <summary>Arrow keys and the brackets that some terminals put around a paste are no part of a secret.</summary>
    private bool IsInEscape(char key)
    {
        switch (_escape)
        {
            case Escape.None when key == '\u001b':
                _escape = Escape.Started;
                return true;
            case Escape.Started:
                _escape = key is '[' or 'O' ? Escape.Sequence : Escape.None;
                return true;
            case Escape.Sequence:
                if (key is >= '@' and <= '~') _escape = Escape.None;
                return true;
            default:
                return false;
        }
    }
}
