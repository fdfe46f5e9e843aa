// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.Exports;
using Weir.Wire.NetFlow;

namespace Weir.Tests.Wire;

/// <summary>Reads payloads in order with one table.</summary>
internal static class PayloadSequence
{
    public static Recorder Decode(params byte[][] payloads) => With(new TemplateTable(), payloads);

    public static Recorder With(TemplateTable templates, params byte[][] payloads)
    {
        var found = new Recorder();
        foreach (var payload in payloads)
        {
            ExportReader.Read(payload, templates, ref found);
        }

        return found;
    }

    public static Damage Damage(TemplateTable templates, byte[] payload)
    {
        var found = new Recorder();
        return ExportReader.Read(payload, templates, ref found);
    }
}
