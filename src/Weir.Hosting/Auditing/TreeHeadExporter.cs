// SPDX-License-Identifier: Apache-2.0
//
// Heads off the box: the file there holds every head as it was signed, those that stay and those that others took the
// place of. Nothing is ever taken away there, and the file may be one that only grows (chattr +a); a copy that holds
// more than the log shows that the log was set back.
using Weir.Hosting.Posix;

namespace Weir.Hosting.Auditing;

internal sealed class TreeHeadExporter(AuditFolder folder, string directory)
{
    private readonly string _copy = Path.Combine(directory, folder.CopyName);
    private (long Number, long Size)? _there;

    /// <summary>Adds what is not there yet, up to the newest head.</summary>
    /// <exception cref="AuditException">The copy holds heads that the log lacks.</exception>
    public void Copy(TreeHead newest)
    {
        Directory.CreateDirectory(directory);
        var key = Path.Combine(directory, "public.pem");
        if (!File.Exists(key))
        {
            File.Copy(folder.PublicKeyFile, key);
        }

        var there = _there ??= ReadCopy();
        if (there.Number > newest.Number || there.Size > newest.Size)
        {
            _there = null;
            throw new AuditException($"audit: '{_copy}' holds heads that '{folder.HeadsFile}' lacks: the log was set "
                + "back, or another log is copied to the same place");
        }

        var stays = newest.IsTail ? newest.Number - 1 : newest.Number;
        using var to = AppendOnlyFile.Open(_copy);
        _there = null; // until it is all there
        if (!newest.IsTail && newest.Number == there.Number + 1)
        {
            to.Write([.. newest.Line(), (byte)'\n']);
        }
        else
        {
            if (stays > there.Number)
            {
                CopyBehind(there.Number, to);
            }

            if (newest.IsTail && newest.Size > there.Size)
            {
                to.Write([.. newest.Line(), (byte)'\n']);
            }
        }

        to.Flush(flushToDisk: true);
        _there = (stays, newest.Size);
    }

    /// <summary>Heads that stay and are not there yet.</summary>
    private void CopyBehind(long number, FileStream to)
    {
        foreach (var line in TextLineFile.Read(folder.HeadsFile).Where(one => one.IsWhole && one.Number > number))
        {
            to.Write([.. line.Octets.Span, (byte)'\n']);
        }
    }

    /// <summary>The last head that stays and the most entries that the copy knows of. A line that a crash left without
    /// its end is ended, and is no head.</summary>
    private (long Number, long Size) ReadCopy()
    {
        var (number, size) = (0L, 0L);
        if (!File.Exists(_copy))
        {
            return (number, size);
        }

        var isTorn = false;
        foreach (var line in TextLineFile.Read(_copy))
        {
            isTorn = !line.IsWhole;
            if (TreeHead.Read(line.Octets.Span) is { } head)
            {
                (number, size) = (Math.Max(number, head.IsTail ? head.Number - 1 : head.Number),
                    Math.Max(size, head.Size));
            }
        }

        if (isTorn)
        {
            using var to = AppendOnlyFile.Open(_copy);
            to.WriteByte((byte)'\n');
            to.Flush(flushToDisk: true);
        }

        return (number, size);
    }
}
