// SPDX-License-Identifier: Apache-2.0
//
// What was delivered, one line for each case and step, durable before the desk is told: whoever asks again gets the
// proof and nothing is sent. Between the station's answer and this line lies a moment: a vault that dies in it sends
// once more, with the same Message-ID. No address and no name stands here; the station's whole reply does, and stays
// here.
using System.Globalization;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Hosting.Files;

namespace Weir.Vault.Notifying;

/// <summary>The file of deliveries. Safe for any thread.</summary>
internal sealed class NoticeLedger
{
    private readonly Lock _gate = new();
    private readonly DurableLines _file;
    private readonly Dictionary<(CaseId Case, NoticeStep Step), NoticeReceipt> _proofs = [];

    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public NoticeLedger(string path)
    {
        (_file, var kept) = DurableLines.Open(path);
        foreach (var (number, line) in kept.Index())
        {
            if (!TryRead(line, out var id, out var step, out var proof))
            {
                throw new InvalidDataException(
                    $"{path}:{number + 1}: is not a delivery; restore the file, a notice must not go twice");
            }

            _proofs[(id, step)] = proof;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _proofs.Count;
            }
        }
    }

    /// <summary>The proof of a delivery; null where there was none.</summary>
    public NoticeReceipt? Find(CaseId id, NoticeStep step)
    {
        lock (_gate)
        {
            return _proofs.GetValueOrDefault((id, step));
        }
    }

    /// <summary>Notes a delivery; durable when it returns. A second one of the same case and step
    /// changes nothing.</summary>
    /// <param name="id">The case.</param>
    /// <param name="step">The step.</param>
    /// <param name="proof">What the desk is told.</param>
    /// <param name="reply">What the station said, whole.</param>
    public void Note(CaseId id, NoticeStep step, NoticeReceipt proof, string reply)
    {
        lock (_gate)
        {
            if (_proofs.ContainsKey((id, step)))
            {
                return;
            }

            // Known before it is written: where the disk refuses, whoever asks again is still told that it was sent.
            _proofs[(id, step)] = proof;
            _file.Append(string.Create(
                CultureInfo.InvariantCulture,
                $"{proof.At:yyyy-MM-ddTHH:mm:ss.fffZ}\t{id}\t{NoticeNames.ToName(step)}\t{proof.Channel}\t"
                    + $"{proof.Language}\t{proof.Digest}\t{proof.Reply}\t{OneLine(reply)}"));
        }
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static bool TryRead(string line, out CaseId id, out NoticeStep step, out NoticeReceipt proof)
    {
        (id, step, proof) = (default, default, null!);
        if (line.Split('\t') is not [var at, var inCase, var word, var channel, var language, var digest, var reply, _]
            || !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when)
            || !CaseId.TryParse(inCase, out id) || !NoticeNames.TryParse(word, out step))
        {
            return false;
        }

        proof = new NoticeReceipt(NoticeOutcome.Delivered, channel, reply, digest, language, when);
        return true;
    }
}
