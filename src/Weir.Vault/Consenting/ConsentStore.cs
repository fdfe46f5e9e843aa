// SPDX-License-Identifier: Apache-2.0
//
// Consents that were given, used and withdrawn, one line each, durable before anything comes of it. A line of the
// provider's stands here as an HMAC alone, so that the customer's withdrawal finds what was given and the file tells
// nobody's name.
using System.Globalization;
using System.Text;
using Weir.Contracts.Consents;
using Weir.Hosting.Files;
using Weir.Vault.Keys;

namespace Weir.Vault.Consenting;

/// <summary>How a consent stands.</summary>
internal sealed record ConsentStatus(
    ConsentId Id, string Line, DateTimeOffset Given, DateTimeOffset? Used, DateTimeOffset? Withdrawn);

/// <summary>The file of consents. Safe for any thread.</summary>
internal sealed class ConsentStore
{
    private const string Times = "yyyy-MM-ddTHH:mm:ssZ";
    private const string Gave = "given";
    private const string Took = "used";
    private const string TookBack = "withdrawn";

    private readonly Lock _file = new();
    private readonly string _path;
    private readonly Dictionary<ConsentId, ConsentStatus> _known = [];

    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public ConsentStore(string path)
    {
        _path = path;
        DropTornEnd(path);
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (!TryAddLine(lines[i]))
            {
                throw new InvalidDataException($"{path}:{i + 1}: is no consent that was given, used or withdrawn; "
                    + "restore the file, a consent must not be used twice");
            }
        }
    }

    public ConsentStatus? Find(ConsentId id)
    {
        lock (_file)
        {
            return _known.GetValueOrDefault(id);
        }
    }

    public IReadOnlyList<ConsentStatus> ForLine(string line)
    {
        lock (_file)
        {
            return [.. _known.Values.Where(consent => consent.Line == line).OrderBy(consent => consent.Given)];
        }
    }

    public void Add(ConsentId id, string line, DateTimeOffset at)
    {
        lock (_file)
        {
            Append(at, Gave, id, line);
        }
    }

    /// <summary>Uses a consent up; how it stood before.</summary>
    public ConsentStatus? Use(ConsentId id, DateTimeOffset at)
    {
        lock (_file)
        {
            var before = _known.GetValueOrDefault(id);
            if (before is { Used: null, Withdrawn: null })
            {
                Append(at, Took, id, "-");
            }

            return before;
        }
    }

    /// <summary>Withdraws what a line gave; how many there were.</summary>
    public int Withdraw(string line, DateTimeOffset at)
    {
        lock (_file)
        {
            var stands = _known.Values.Where(consent => consent.Line == line && consent.Withdrawn is null).ToList();
            stands.ForEach(consent => Append(at, TookBack, consent.Id, "-"));
            return stands.Count;
        }
    }

    private void Append(DateTimeOffset at, string what, ConsentId id, string line)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{at.UtcDateTime.ToString(Times, CultureInfo.InvariantCulture)} {what} {id} {line}");
        using (var file = new FileStream(_path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            UnixCreateMode = KeyFile.OwnerOnly
        }))
        {
            file.Write(Encoding.ASCII.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        _ = TryAddLine(text);
    }

    private bool TryAddLine(string text)
    {
        if (text.Split(' ') is not [var time, var what, var number, var line]
            || !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            || !ConsentId.TryParse(number, out var id))
        {
            return false;
        }

        var known = _known.GetValueOrDefault(id);
        ConsentStatus? next = (what, known) switch
        {
            (Gave, null) => new(id, line, at, null, null),
            (Took, { Used: null, Withdrawn: null }) => known with { Used = at },
            (TookBack, { Withdrawn: null }) => known with { Withdrawn = at },
            _ => null,
        };
        if (next is not null)
        {
            _known[id] = next;
        }

        return next is not null;
    }

    /// <summary>A line without its end was never durable, so what it speaks of did not happen.</summary>
    private static void DropTornEnd(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path) is { Length: > 0 } text && text[^1] != '\n')
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(Encoding.ASCII.GetByteCount(text.AsSpan(0, text.LastIndexOf('\n') + 1)));
            file.Flush(flushToDisk: true);
        }
    }
}
