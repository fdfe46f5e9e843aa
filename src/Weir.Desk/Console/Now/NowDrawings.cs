// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Now;

/// <summary>The first page as it was drawn, for all who are given the same answer in the same language: nothing of it is
/// of who looks. Safe for any thread.</summary>
internal sealed class NowDrawings
{
    /// <summary>Of each language for those who may count and those who may not; one that is left out is drawn again.
    /// </summary>
    private const int Most = 16;

    private readonly Lock _gate = new();
    private readonly List<(byte[] Answer, string Language, bool IsWall, Markup Drawing)> _drawn = [];

    /// <summary>Times that something was drawn.</summary>
    public long Drawn { get; private set; }

    /// <summary>The drawing of exactly this answer.</summary>
    /// <param name="answer">As the API gave it.</param>
    /// <param name="language">Tag of the words.</param>
    /// <param name="isWall">For a wall.</param>
    /// <param name="draw">Draws it.</param>
    public Markup Get(byte[] answer, string language, bool isWall, Func<Markup> draw)
    {
        lock (_gate)
        {
            var known = _drawn.Find(one => one.IsWall == isWall && one.Language == language
                && one.Answer.AsSpan().SequenceEqual(answer));
            if (known.Answer is not null)
            {
                return known.Drawing;
            }

            var drawing = draw();
            Drawn++;
            _drawn.Insert(0, (answer, language, isWall, drawing));
            _drawn.RemoveRange(Math.Min(Most, _drawn.Count), Math.Max(0, _drawn.Count - Most));
            return drawing;
        }
    }
}
