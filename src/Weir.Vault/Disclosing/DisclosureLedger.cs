// SPDX-License-Identifier: Apache-2.0
//
// Orders that were carried out, one line each: an order opens a name once. The line is durable before the name leaves
// the vault. No name, no address and no reason stands here.
using System.Globalization;
using System.Text;
using Weir.Contracts.Clients;
using Weir.Contracts.Scopes;
using Weir.Hosting.Files;
using Weir.Vault.Keys;

namespace Weir.Vault.Disclosing;

/// <summary>A carried out order.</summary>
/// <param name="At">When.</param>
/// <param name="Case">Whose.</param>
/// <param name="Scope">What allowed it.</param>
/// <param name="Roles">Of the two.</param>
/// <param name="Digest">Of the order.</param>
/// <param name="Number">The request's.</param>
internal sealed record DisclosureLedgerEntry(
    DateTimeOffset At, CaseId Case, ScopeId Scope, string Roles, string Digest, string Number);

/// <summary>The file of carried out orders. Safe for any thread.</summary>
internal sealed class DisclosureLedger
{
    private readonly Lock _file = new();
    private readonly string _path;
    private readonly List<DisclosureLedgerEntry> _orders = [];

    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public DisclosureLedger(string path)
    {
        _path = path;
        DropTornEnd(path);
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        for (var i = 0; i < lines.Length; i++)
        {
            _orders.Add(Read(lines[i]) ?? throw new InvalidDataException($"{path}:{i + 1}: is not an order that was "
                + "carried out; restore the file, an order must not be carried out twice"));
        }
    }

    public IReadOnlyList<DisclosureLedgerEntry> ForCase(CaseId id)
    {
        lock (_file)
        {
            return [.. _orders.Where(order => order.Case == id)];
        }
    }

    public int Count
    {
        get
        {
            lock (_file)
            {
                return _orders.Count;
            }
        }
    }

    /// <summary>The carrying out of an order; null where there was none.</summary>
    public DisclosureLedgerEntry? Before(DisclosureOrder order)
    {
        var digest = DisclosureOrderValidator.Digest(order);
        lock (_file)
        {
            return _orders.Find(known => known.Digest == digest);
        }
    }

    /// <summary>Notes an order; durable when it returns. Null where it is noted, else its carrying out
    /// before.</summary>
    public DisclosureLedgerEntry? Note(DisclosureOrder order, string number, DateTimeOffset at)
    {
        var noted = new DisclosureLedgerEntry(
            at, order.Case, order.Scope, $"{order.AskedRole}+{order.GivenRole}",
            DisclosureOrderValidator.Digest(order), number);
        lock (_file)
        {
            if (_orders.Find(known => known.Digest == noted.Digest) is { } before)
            {
                return before;
            }

            using var file = new FileStream(_path, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                UnixCreateMode = KeyFile.OwnerOnly
            });
            file.Write(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{noted.At:yyyy-MM-ddTHH:mm:ss.fffZ} {noted.Case} {noted.Scope} {noted.Roles} {noted.Digest} {noted.Number}\n")));
            file.Flush(flushToDisk: true);
            _orders.Add(noted);
            return null;
        }
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

    private static DisclosureLedgerEntry? Read(string line) =>
        line.Split(' ') is [var at, var inCase, var inScope, var roles, { Length: 64 } digest, var number]
        && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when)
        && CaseId.TryParse(inCase, out var id) && ScopeId.TryParse(inScope, out var scope)
            ? new(when, id, scope, roles, digest, number)
            : null;
}
