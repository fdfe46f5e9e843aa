// SPDX-License-Identifier: Apache-2.0
//
// The contacts in force, from a file of the vault's own user. The file is looked at every few seconds and read again
// when it changed; one that cannot be read leaves the last good one in force, and is told.
using Microsoft.Extensions.Logging;
using Weir.Hosting.Files;
using Weir.Vault.Chain;
using Weir.Vault.Gardening;
using Weir.Vault.Identity.Records;
using Weir.Vault.Keys;
using Weir.Vault.Sealing;

namespace Weir.Vault.Notifying;

/// <summary>Follows a file of contacts. Safe for any thread.</summary>
public sealed class CustomerContactFile : IProtectedSubjects
{
    private const int FaultsTold = 10;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly Func<IEnumerable<string>, CustomerContacts> _read;
    private readonly TimeProvider _time;
    private readonly ILogger? _log;
    private CustomerContacts _table = CustomerContacts.Empty;
    private (DateTime Written, long Octets) _seen;
    private string _fault = "";

    private CustomerContactFile(
        string path, Func<IEnumerable<string>, CustomerContacts> read, TimeProvider time, ILogger? log) =>
        (_path, _read, _time, _log) = (path, read, time, log);

    /// <summary>Where no contacts are configured: nobody can be reached, no line is known as protected.</summary>
    public static CustomerContactFile None { get; } = new("", _ => CustomerContacts.Empty, TimeProvider.System, null);

    /// <summary>Rows in force.</summary>
    public int Rows => Volatile.Read(ref _table).Rows;

    /// <summary>Rows of the file that were left out.</summary>
    public int Refused => Volatile.Read(ref _table).Faults.Count;

    /// <summary>Why the file as it is now is not in force; empty where it is.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Reads a file and follows it.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, others may read it, or it has no header; the message
    /// names it and the mend.</exception>
    public static CustomerContactFile Open(
        string path, SubscriberLineNamer naming, IReadOnlySet<string> languages, string usual,
        TimeProvider time, ILogger log)
    {
        var book = new CustomerContactFile(
            path, lines => CustomerContacts.Read(lines, naming, languages, usual), time, log);
        try
        {
            book.Read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"vault.contacts: {path} cannot be read: {fault.Message}; give it to the "
                + "vault's user, or take the key out", fault);
        }

        return book;
    }

    /// <summary>Looks at the file until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (_path.Length == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                ReloadIfChanged();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>Reads the file again where it changed.</summary>
    public void ReloadIfChanged()
    {
        try
        {
            if (Stamp() != _seen)
            {
                Read();
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (_fault != fault.Message)
            {
                _log?.ContactsKept(_path, Rows, fault.Message);
            }

            Volatile.Write(ref _fault, fault.Message);
        }
    }

    /// <summary>How the customer of a sealed case is reached; null where it is not known.</summary>
    internal CustomerContact? Find(SealedSubject subject) => Volatile.Read(ref _table).Find(subject);

    /// <summary>Whether a medical device or an alarm hangs on the line of a sealed case (R14).</summary>
    internal bool IsProtected(SealedSubject subject) => Find(subject) is { IsProtected: true };

    bool IProtectedSubjects.IsProtected(SealedSubject subject) => IsProtected(subject);

    private (DateTime Written, long Octets) Stamp() => new FileInfo(_path) is { Exists: true } file
        ? (file.LastWriteTimeUtc, file.Length)
        : throw new FileNotFoundException($"{_path} is gone");

    private void Read()
    {
        var stamp = Stamp();
        if ((File.GetUnixFileMode(_path) & ~KeyFile.OwnerOnly) != 0)
        {
            throw new InvalidDataException($"vault.contacts: {_path} names customers and must be readable by the "
                + "vault's user alone; chmod 600 it");
        }

        CustomerContacts table;
        try
        {
            table = _read(OrdinaryFile.Lines(_path));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"vault.contacts: {_path} {fault.Message}", fault);
        }

        Volatile.Write(ref _table, table);
        Volatile.Write(ref _fault, "");
        _seen = stamp;
        _log?.ContactsRead(_path, table.Rows, table.Faults.Count);
        foreach (var fault in table.Faults.Take(FaultsTold))
        {
            _log?.ContactRefused(_path, fault.Line, fault.Why);
        }
    }
}
