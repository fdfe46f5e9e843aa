// SPDX-License-Identifier: Apache-2.0
//
// What exporters taught us, kept across a restart of ours: without it every data set is unreadable until its template
// comes again, which takes up to half an hour. The file is text, one line a fact, and ends with a digest of all that
// stands before; it is written beside its place and moved there, so a reader finds the old one or the new one. A file
// that is torn, changed or of another make is refused whole: a wrong template would give wrong flows, silently.
//
// Lines: "exporter ADDRESS", then for it "template PROTOCOL DOMAIN ID PORT data|options SCOPES LEARNT FIELD...", where
// a field is ID/ENTERPRISE/LENGTH, "rate PROTOCOL DOMAIN PORT SELECTOR INTERFACE INTERVAL", "start PROTOCOL DOMAIN MS",
// "ingress INTERFACE...".
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>Saves and loads what is to outlive a restart.</summary>
/// <param name="path">The file; another is written beside it while saving.</param>
public sealed class TemplateFile(string path)
{
    private const string Head = "weir-templates 2";
    private const string Tail = "end ";

    /// <summary>Files refused because they were torn, changed or foreign.</summary>
    public long Refused { get; private set; }

    /// <summary>Writes beside the file, forces it to the disk and moves it in place.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old file stays.</exception>
    public void Save(IEnumerable<SavedExporter> exporters)
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (var exporter in exporters)
        {
            Write(text, exporter);
        }

        var body = Encoding.UTF8.GetBytes(text.ToString());
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(body);
            file.Write(Encoding.ASCII.GetBytes(Tail + Digest(body) + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads the file. No file is no fault: nothing was saved yet.</summary>
    /// <param name="exporters">What it holds; empty where it was refused.</param>
    /// <param name="fault">Null, or one sentence naming the file, the line and the mend.</param>
    /// <returns>False where the file was refused.</returns>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    public bool TryLoad(out IReadOnlyList<SavedExporter> exporters, out string? fault)
    {
        exporters = [];
        fault = null;
        if (!File.Exists(path))
        {
            return true;
        }

        var octets = File.ReadAllBytes(path);
        var line = 1;
        if (TryBody(octets, out var body) && TryParse(body, out var found, out line))
        {
            exporters = found;
            return true;
        }

        Refused++;
        fault = string.Create(
            CultureInfo.InvariantCulture,
            $"{path}:{line}: not a whole template file of this program; remove it, and templates are "
                + $"learnt anew as exporters send them");
        return false;
    }

    private static void Write(StringBuilder text, SavedExporter exporter)
    {
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"exporter {exporter.Address}\n");
        foreach (var template in exporter.Templates)
        {
            text.Append(culture,
                $"template {template.Key.Protocol} {template.Key.Domain} {template.Key.Id} {template.Key.Port} ")
                .Append(
                    culture,
                    $"{(template.IsOptions ? "options" : "data")} {template.ScopeCount} {template.LearntAtMs}");
            foreach (var field in template.Fields)
            {
                text.Append(culture, $" {field.Id}/{field.Enterprise}/{field.Length}");
            }

            text.Append('\n');
        }

        foreach (var (protocol, said, port) in exporter.Rates)
        {
            text.Append(culture, $"rate {protocol} {said.Domain} {port} {said.Selector} ")
                .Append(culture, $"{said.Interface} {said.Interval}\n");
        }

        foreach (var start in exporter.Starts)
        {
            text.Append(culture, $"start {start.Protocol} {start.Domain} {start.SystemInitMs}\n");
        }

        if (exporter.IngressInterfaces.Count > 0)
        {
            text.Append(culture, $"ingress {string.Join(' ', exporter.IngressInterfaces)}\n");
        }
    }

    private static string Digest(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>Cuts off the last line and holds it against what stands before.</summary>
    private static bool TryBody(ReadOnlySpan<byte> octets, out string body)
    {
        body = "";
        var tail = Tail.Length + (2 * SHA256.HashSizeInBytes) + 1;
        if (octets.Length <= tail)
        {
            return false;
        }

        var text = octets[..^tail];
        if (!octets[^tail..].SequenceEqual(Encoding.ASCII.GetBytes(Tail + Digest(text) + "\n")))
        {
            return false;
        }

        body = Encoding.UTF8.GetString(text);
        return true;
    }

    private static bool TryParse(string body, out List<SavedExporter> found, out int line)
    {
        found = [];
        line = 1;
        var lines = body.Split('\n');
        if (lines[0] != Head)
        {
            return false;
        }

        Draft? draft = null;
        for (line = 2; line < lines.Length; line++)
        {
            var words = lines[line - 1].Split(' ');
            if (words[0] == "exporter")
            {
                if (words.Length != 2 || !IpKey.TryParse(words[1], out var address))
                {
                    return false;
                }

                draft = new Draft();
                found.Add(new SavedExporter(
                    address, draft.Templates, draft.Rates, draft.Starts, draft.IngressInterfaces));
            }
            else if (draft is null || !draft.TryParse(words))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An exporter while its lines are read.</summary>
    private sealed class Draft
    {
        public List<KnownTemplate> Templates { get; } = [];

        public List<KnownRate> Rates { get; } = [];

        public List<KnownStart> Starts { get; } = [];

        public List<uint> IngressInterfaces { get; } = [];

        public bool TryParse(string[] words)
        {
            if (words is ["ingress", _, ..])
            {
                foreach (var word in words.AsSpan(1))
                {
                    if (!TryNumber(word, out uint index))
                    {
                        return false;
                    }

                    IngressInterfaces.Add(index);
                }

                return true;
            }

            if (words.Length < 4 || !Enum.TryParse<ExportProtocol>(words[1], out var protocol)
                || !TryNumber(words[2], out uint domain))
            {
                return false;
            }

            switch (words[0])
            {
                case "template" when words.Length >= 8
                    && TryNumber(words[3], out ushort id) && TryNumber(words[4], out ushort port)
                    && (words[5] is "data" or "options")
                    && TryNumber(words[6], out ushort scopes)
                    && TryNumber(words[7], out long learnt) && FlowCalendar.Holds(learnt)
                    && TryFields(words.AsSpan(8), out var fields):
                    Templates.Add(new KnownTemplate(
                        new TemplateKey(protocol, domain, id, port), words[5] == "options", scopes, fields, learnt, 0));
                    return scopes <= fields.Count;
                case "rate" when words.Length == 7 && TryNumber(words[3], out ushort from)
                    && TryNumber(words[4], out uint selector)
                    && TryNumber(words[5], out uint index) && TryNumber(words[6], out uint interval):
                    Rates.Add(new KnownRate(
                        protocol, new SamplingAnnouncement(domain, selector, index, interval), from));
                    return interval > 0;
                case "start" when words.Length == 4 && TryNumber(words[3], out long init):
                    Starts.Add(new KnownStart(protocol, domain, init));
                    return true;
                default:
                    return false;
            }
        }

        private static bool TryFields(ReadOnlySpan<string> words, out List<TemplateField> fields)
        {
            fields = new List<TemplateField>(words.Length);
            foreach (var word in words)
            {
                var parts = word.Split('/');
                if (parts.Length != 3 || !TryNumber(parts[0], out ushort id)
                    || !TryNumber(parts[1], out uint enterprise) || !TryNumber(parts[2], out ushort length))
                {
                    return false;
                }

                fields.Add(new TemplateField(id, enterprise, length));
            }

            return fields.Count > 0;
        }

        private static bool TryNumber<T>(string word, out T value)
            where T : struct, System.Numerics.INumber<T> =>
            T.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
