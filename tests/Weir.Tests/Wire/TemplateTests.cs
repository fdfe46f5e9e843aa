// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.NetFlow;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Wire;

public class TemplateTests
{
    private const string Plain = "8/4 12/4 2/4 1/4";
    private static readonly byte[] _teach = Set(2, Template(256, Plain));
    private static readonly byte[] _record = Join(Ip("10.0.0.1"), Ip("192.0.2.7"), U32(5, 1_234));

    [Fact]
    public void A_template_behind_its_data_in_one_message_still_serves_it() =>
        Assert.Single(PayloadSequence.Decode(Ipfix(Set(256, _record), _teach)).Flows);

    [Fact]
    public void Data_before_any_template_is_counted_by_set_and_octets()
    {
        var found = PayloadSequence.Decode(Ipfix(Set(256, _record)));
        Assert.Equal((7U, (ushort)256, 16), Assert.Single(found.Unknown));
        Assert.Empty(found.Faults);
    }

    [Fact]
    public void A_template_belongs_to_its_domain_and_protocol()
    {
        var templates = new TemplateTable();
        Assert.Single(PayloadSequence.With(templates, Ipfix(_teach), IpfixOf(8, 0, Set(256, _record))).Unknown);
        Assert.Single(PayloadSequence.With(templates, V9(Set(256, _record))).Unknown);
    }

    [Fact]
    public void A_template_is_forgotten_after_its_lifetime()
    {
        var templates = new TemplateTable(lifetimeMs: 1_000) { ArrivedAtMs = 5_000 };
        PayloadSequence.With(templates, Ipfix(_teach));
        templates.ArrivedAtMs = 6_000;
        Assert.Single(PayloadSequence.With(templates, Ipfix(Set(256, _record))).Flows);
        templates.ArrivedAtMs = 6_001;
        Assert.Single(PayloadSequence.With(templates, Ipfix(Set(256, _record))).Unknown);
        Assert.Equal((0, 1L), (templates.Count, templates.Expired));
    }

    [Fact]
    public void Hearing_a_template_again_prolongs_it_and_changes_nothing()
    {
        var templates = new TemplateTable(lifetimeMs: 1_000) { ArrivedAtMs = 0 };
        PayloadSequence.With(templates, Ipfix(_teach));
        templates.ArrivedAtMs = 900;
        PayloadSequence.With(templates, Ipfix(_teach));
        templates.ArrivedAtMs = 1_800;
        Assert.Single(PayloadSequence.With(templates, Ipfix(Set(256, _record))).Flows);
        Assert.Equal((1L, 0L), (templates.Version, templates.Replaced));
    }

    [Fact]
    public void A_changed_template_replaces_the_old_one()
    {
        var templates = new TemplateTable();
        PayloadSequence.With(templates, Ipfix(_teach));
        var flow = Assert.Single(
            PayloadSequence.With(templates, Ipfix(Set(2, Template(256, "12/4 8/4 1/4 2/4")), Set(256, _record))).Flows);
        Assert.Equal((IpKey.Parse("192.0.2.7"), 5UL), (flow.Source, flow.Octets));
        Assert.Equal(1, templates.Replaced);
    }

    [Fact]
    public void A_template_is_withdrawn_alone()
    {
        var found = PayloadSequence.Decode(
            Ipfix(_teach, Set(2, Template(257, Plain))), Ipfix(Set(2, U16(256, 0))),
            Ipfix(Set(256, _record), Set(257, _record)));
        Assert.Equal((1, 1), (found.Flows.Count, found.Unknown.Count));
    }

    [Fact]
    public void All_templates_of_a_domain_are_withdrawn_and_no_others()
    {
        var templates = new TemplateTable();
        PayloadSequence.With(
            templates, Ipfix(_teach, Set(2, Template(257, Plain))), IpfixOf(8, 0, _teach), Ipfix(Set(2, U16(2, 0))));
        Assert.Equal(8U, Assert.Single(templates.All).Key.Domain);
        Assert.Equal(2, templates.Withdrawn);
    }

    [Fact]
    public void A_full_table_refuses_a_new_template_and_says_so()
    {
        var templates = new TemplateTable(maxTemplates: 1);
        var found = PayloadSequence.With(templates, Ipfix(Set(2, Template(256, Plain), Template(257, Plain))));
        Assert.Equal("more templates than are kept for one exporter", Assert.Single(found.Faults).Rule);
        Assert.Equal(1, templates.Count);
    }

    [Fact]
    public void A_template_with_too_many_fields_costs_only_itself()
    {
        var templates = new TemplateTable(maxFields: 4);
        var found = PayloadSequence.With(templates, Ipfix(Set(2, Template(256, Plain + " 4/1"), Template(257, Plain))));
        Assert.Equal("template with more fields than are kept", Assert.Single(found.Faults).Rule);
        Assert.Equal(257, Assert.Single(templates.All).Key.Id);
    }

    [Theory]
    [InlineData("00FF 0001 0008 0004", "RFC 7011 §3.4.1 template id below 256")]
    [InlineData("0100 0002 0008 0004", "RFC 7011 §3.4.1 template goes beyond its set")]
    [InlineData("0100 0001 8008 0004 0000", "RFC 7011 §3.4.1 template goes beyond its set")]
    [InlineData("0100 0001 0008 0000", "RFC 7011 §3.4.1 template without octets")]
    public void A_bad_template_is_a_fault(string hex, string rule) =>
        Assert.Equal(rule, Assert.Single(PayloadSequence.Decode(Ipfix(Set(2, Hex(hex)))).Faults).Rule);

    [Fact]
    public void Zeros_behind_templates_are_padding() =>
        Assert.Empty(PayloadSequence.Decode(Ipfix(Set(2, Template(256, Plain), new byte[8]))).Faults);
}
