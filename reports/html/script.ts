/** What the page can do with a script: filter rows, copy lines, open what an anchor names. It needs none of it. */
export const script = `
document.documentElement.classList.add('js');
const rows=[...document.querySelectorAll('details.row')];
const words=document.getElementById('search');
const found=document.getElementById('found');
const boxes=[...document.querySelectorAll('.filter input[type=checkbox]')];
function filter(){
  const text=words.value.trim().toLowerCase();
  const verdicts=new Set(boxes.filter(b=>b.checked).map(b=>b.value));
  let count=0;
  for(const row of rows){
    const fits=verdicts.has(row.dataset.verdict)&&(text===''||row.textContent.toLowerCase().includes(text));
    row.hidden=!fits;
    if(fits)count+=1;
  }
  for(const area of document.querySelectorAll('.area'))area.hidden=![...area.querySelectorAll('details.row')].some(r=>!r.hidden);
  found.textContent=count+' of '+rows.length+' rows';
}
if(words){words.addEventListener('input',filter);for(const box of boxes)box.addEventListener('change',filter);filter();}
for(const block of document.querySelectorAll('.block.copy')){
  const button=document.createElement('button');
  button.type='button';
  button.textContent='Copy';
  button.addEventListener('click',async()=>{
    const pre=block.querySelector('pre');
    try{await navigator.clipboard.writeText(pre.textContent);button.textContent='Copied';}
    catch{const range=document.createRange();range.selectNodeContents(pre);const s=getSelection();s.removeAllRanges();s.addRange(range);button.textContent='Marked';}
    setTimeout(()=>{button.textContent='Copy';},1500);
  });
  block.querySelector('h4').append(' ',button);
}
function open(){
  const target=document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if(!target)return;
  if(target.hidden&&words){words.value='';for(const box of boxes)box.checked=true;filter();}
  if(target.tagName==='DETAILS')target.open=true;
  target.scrollIntoView();
}
addEventListener('hashchange',open);
if(location.hash)open();
`;
